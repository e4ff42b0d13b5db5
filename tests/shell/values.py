"""How PowerShell sees values: what is true, what is one or several, what operators make of them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.shell.cmdlets import Url


def several(value: Any) -> list[Any]:
    """Return a value as what a pipeline sends."""
    return value if isinstance(value, list) else [] if value is None else [value]


def one_or_all(values: list[Any]) -> Any:
    """Return what a variable holds of what a pipeline sent."""
    return None if not values else values[0] if len(values) == 1 else values


def truth(value: Any) -> bool:
    """Tell whether a value counts as true."""
    return truth(value[0]) if isinstance(value, list) and len(value) == 1 else bool(value)


def cast(kind: str, value: Any) -> Any:
    """Convert a value to a type."""
    if kind.lower() == "[string]":
        return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    if kind.lower() == "[byte[]]":
        return value
    raise NotImplementedError(kind)


def member(value: Any, name: str) -> Any:
    """Return a property of a value, nothing where it has none."""
    if isinstance(value, Url) and name == "Host":
        return value.host
    if isinstance(value, Mapping):
        return list(value.values()) if name == "Values" else value.get(name)
    if isinstance(value, list):
        return len(value) if name == "Count" else [member(each, name) for each in value]
    return None


def joined(sign: str, one: Any, rest: Callable[[], Any]) -> Any:
    """Return what an operator makes of two values; the second is worked out when it is needed."""
    if sign == "-and":
        return truth(one) and truth(rest())
    if sign == "-or":
        return truth(one) or truth(rest())
    other = rest()
    match sign:
        case "+":
            if isinstance(one, list):
                return [*one, *several(other)]
            return str(one or "") + str(other or "")
        case "-eq" | "-ne":
            return (plain(one) == plain(other)) is (sign == "-eq")
        case "-contains" | "-notcontains":
            return (plain(other) in map(plain, several(one))) is (sign == "-contains")
        case "-match" | "-notmatch":
            return bool(re.search(other, str(one or ""), re.IGNORECASE)) is (sign == "-match")
        case "-gt":
            return bool(one > other)
    raise NotImplementedError(sign)


def plain(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
