"""Saying in words what an SQL condition asks, for explanations and for the pages of rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casaudit.rulebook.conditions import Clause, Truths

_COMPARISON = re.compile(r"(.+?) (<>|<=|>=|=|<|>) (.+)")
_NULL = re.compile(r"(.+?) IS (NOT )?NULL", re.IGNORECASE)
_AMONG = re.compile(r"(.+?) (NOT )?(IN|LIKE) (.+)", re.IGNORECASE)
_LOOKUP = re.compile(r"\(SELECT (\w+) FROM (\w+)\)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SIMPLE = re.compile(r"[\w.]+|'(?:[^']|'')*'|[\w.]+ [*+-] [\w.]+")
_SIGNS = {
    "=": "is",
    "<>": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
# The opposite only of what is known: a comparison with NULL is neither true nor false.
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_CONSTANTS = {"TRUE": "yes", "FALSE": "no", "NULL": "not known"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an outline: a part in words, how deep it lies, and the part itself."""

    depth: int
    text: str
    part: Clause


def sentence(part: Clause, *, mark: str = "", holds: bool = True) -> str:
    """Say a condition in one sentence.

    Args:
        part: the condition.
        mark: put around columns and values, such as a backtick.
        holds: false says the opposite.
    """
    match part.kind:
        case "plain":
            return _plain(part, mark, holds)
        case "not":
            return sentence(part.parts[0], mark=mark, holds=not holds)
        case "all" | "any":
            # De Morgan: the opposite of "a and b" is "not a or not b".
            word = " and " if (part.kind == "all") is holds else " or "
            return word.join(_grouped(each, mark, holds) for each in part.parts)
        case "case":
            return (
                f"{mark}{' '.join(part.text.split())}{mark} {'holds' if holds else 'does not hold'}"
            )


def outline(
    part: Clause, truths: Truths | None = None, *, mark: str = "", depth: int = 0, lead: str = ""
) -> Iterator[Line]:
    """Say a condition line by line.

    Args:
        part: the condition.
        truths: for one row; what cannot matter for it any more is then left out.
        mark: put around columns and values.
        depth: of the first line.
        lead: put in front of the first line.
    """
    # Each NOT in front turns the words of what it stands before: "x is not y" reads better.
    inner, holds = part, True
    while inner.kind == "not":
        inner, holds = inner.parts[0], not holds
    yield Line(depth, lead + _head(inner, mark, holds), part)
    if inner.kind == "case":
        yield from _outlined_arms(inner, truths, mark, depth + 1)
    elif inner.kind != "plain":
        for each in inner.parts:
            yield from outline(each, truths, mark=mark, depth=depth + 1)


def _outlined_arms(part: Clause, truths: Truths | None, mark: str, depth: int) -> Iterator[Line]:
    for condition, result in part.arms:
        yield from outline(condition, truths, mark=mark, depth=depth, lead="if ")
        if truths is None or truths[condition.text]:
            yield from outline(result, truths, mark=mark, depth=depth + 1, lead="then ")
        # CASE stops at its first true condition; what comes after says nothing about this row.
        if truths is not None and truths[condition.text]:
            return
    if part.default is not None:
        yield from outline(part.default, truths, mark=mark, depth=depth, lead="otherwise ")


def _head(part: Clause, mark: str, holds: bool) -> str:
    match part.kind:
        case "plain":
            return _plain(part, mark, holds)
        case "all":
            return "all of these" if holds else "not all of these"
        case "any":
            return "one of these" if holds else "none of these"
        case _:
            return ("" if holds else "the opposite of ") + "the first of these that applies"


def _grouped(part: Clause, mark: str, holds: bool) -> str:
    text = sentence(part, mark=mark, holds=holds)
    return f"({text})" if part.kind in ("all", "any") else text


def _plain(part: Clause, mark: str, holds: bool) -> str:
    text = part.text
    if part.is_constant:
        return _CONSTANTS[text.upper()]
    # Before comparisons: "a = b IS NULL" asks about the whole of "a = b".
    if found := _NULL.fullmatch(text):
        has = bool(found.group(2)) is holds
        return f"{_operand(found.group(1), mark)} {'has a value' if has else 'has no value'}"
    if (found := _AMONG.fullmatch(text)) and _is_simple(found.group(1)):
        name, negated, word, rest = found.groups()
        verb = "one of" if word.upper() == "IN" else "like"
        no = "not " if bool(negated) is holds else ""
        return f"{_operand(name, mark)} is {no}{verb} {mark}{rest.strip('()')}{mark}"
    found = _COMPARISON.fullmatch(text)
    if found and _is_simple(found.group(1)) and _is_simple(found.group(3)):
        left, sign, right = found.groups()
        verb = _SIGNS[sign if holds else _OPPOSITE[sign]]
        # The aggregate list_of writes an empty list so.
        value = "empty" if right == "'[]'" else _operand(right, mark)
        return f"{_operand(left, mark)} {verb} {value}"
    if re.fullmatch(r"[\w.]+", text) or _LOOKUP.fullmatch(text):
        return f"{_operand(text, mark)} is {'yes' if holds else 'no'}"
    return f"{mark}{text}{mark} {'holds' if holds else 'does not hold'}"


def _is_simple(operand: str) -> bool:
    return bool(_SIMPLE.fullmatch(operand) or _LOOKUP.fullmatch(operand))


def _operand(text: str, mark: str) -> str:
    if found := _LOOKUP.fullmatch(text):
        return f"{mark}{found.group(1)}{mark} of {mark}{found.group(2)}{mark}"
    return text if _NUMBER.fullmatch(text) else f"{mark}{text}{mark}"
