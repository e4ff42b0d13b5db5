"""What is wrong with a document that does not fit its model, in words for whoever wrote it."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from casaudit.text import count

_KINDS = {
    "string": "must be text",
    "int": "must be a whole number",
    "float": "must be a number",
    "decimal": "must be a number",
    "bool": "must be true or false",
    "list": "must be a list",
    "tuple": "must be a list",
    "set": "must be a list",
    "frozen": "must be a list",
    "dict": "must be keys with values",
    "mapping": "must be keys with values",
    "model": "must be keys with values",
    "none": "must be left out",
    "date": "must be a day such as 2026-12-31",
    "datetime": "must be a time such as 2026-12-31T12:00:00Z",
    "timezone": "must be a time such as 2026-12-31T12:00:00Z",
}
"""By the first word of pydantic's name of a mistake, where the value is of another kind."""


def _least(number: int, what: str) -> str:
    return "must not be empty" if number == 1 else f"must have at least {number:,} {what}"


_TOLD: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "is missing",
    "extra_forbidden": lambda _: "is not a known key",
    "value_error": lambda told: str(told["error"]),
    "assertion_error": lambda told: str(told["error"]),
    "enum": lambda told: f"must be {told['expected']}",
    "literal_error": lambda told: f"must be {told['expected']}",
    "greater_than_equal": lambda told: f"must be at least {told['ge']}",
    "greater_than": lambda told: f"must be more than {told['gt']}",
    "less_than_equal": lambda told: f"must be at most {told['le']}",
    "less_than": lambda told: f"must be less than {told['lt']}",
    "finite_number": lambda _: "must be a number, not infinity and not NaN",
    "too_short": lambda told: _least(told["min_length"], "entries"),
    "too_long": lambda told: f"must have at most {count(told['max_length'], 'entry', 'entries')}",
    "string_too_short": lambda told: _least(told["min_length"], "characters"),
    "string_too_long": lambda told: f"must have at most {count(told['max_length'], 'character')}",
    "string_pattern_mismatch": lambda told: f"must have the form {told['pattern']}",
    "json_invalid": lambda told: f"is not valid JSON: {told['error']}",
}
"""By pydantic's name of a mistake, whose own sentences speak to programmers."""


def in_words(mistake: ErrorDetails) -> str:
    """Say what is wrong with a value; the value itself is foreign and is not repeated."""
    kind = mistake["type"]
    if told := _TOLD.get(kind):
        return told(mistake.get("ctx", {}))
    return _KINDS.get(kind.split("_")[0]) or f"does not fit: {mistake['msg']}"


def first_mistake(error: ValidationError) -> str:
    """Return the place of the first mistake, and what is wrong there."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "document"
    return f"{where}: {in_words(first)}"
