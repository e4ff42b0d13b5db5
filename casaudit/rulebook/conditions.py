"""Taking an SQL condition apart, so that people can see which part of it decides.

Only AND, OR, NOT, CASE and parentheses are understood; whatever lies below is one plain part.
What a part means for a row is asked of the engine, never computed here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

# A text literal comes first: words and parentheses within it mean nothing.
_TOKEN = re.compile(r"'(?:[^']|'')*'|\w+|\S")

Truths = Mapping[str, bool | None]
"""By the SQL of a part: whether it is true for some row; ``None`` when that is not known."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition or a part of one.

    Attributes:
        text: its SQL.
        parts: what it consists of; of a ``case`` condition and result in turn, the default last.
    """

    kind: Literal["all", "any", "not", "case", "plain"]
    text: str
    parts: tuple["Clause", ...] = ()

    def walk(self) -> Iterator["Clause"]:
        """Yield the part itself and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def arms(self) -> tuple[tuple["Clause", "Clause"], ...]:
        """The conditions of a ``case``, each with its result."""
        # Not strict: an ELSE stands alone at the end.
        return tuple(zip(self.parts[::2], self.parts[1::2], strict=False))

    @property
    def default(self) -> "Clause | None":
        """What a ``case`` gives when none of its conditions is true."""
        return self.parts[-1] if len(self.parts) % 2 else None

    @property
    def is_constant(self) -> bool:
        """Whether it is true, false or NULL whatever the row."""
        return self.text.upper() in ("TRUE", "FALSE", "NULL")


def taken_apart(sql: str) -> Clause:
    """Return the parts of a condition."""
    sql = sql.strip()
    tokens = _tokens(sql)
    # OR binds weakest, then AND, then NOT: the first cut is the outermost.
    if len(pieces := _split(sql, tokens, "OR")) > 1:
        return Clause("any", sql, tuple(map(taken_apart, pieces)))
    if len(pieces := _split(sql, tokens, "AND")) > 1:
        return Clause("all", sql, tuple(map(taken_apart, pieces)))
    first, second = tokens[0].word, tokens[min(1, len(tokens) - 1)].word
    if first == "NOT":
        return Clause("not", sql, (taken_apart(sql[tokens[0].end :]),))
    # "CASE x WHEN 1" compares values: its arms are no conditions, so it stays in one piece.
    if first == "CASE" and second == "WHEN" and _closes(tokens):
        return Clause("case", sql, tuple(_arms(sql, tokens)))
    # The parentheses of a subquery are part of it.
    if first == "(" and second not in ("SELECT", "WITH") and _closes(tokens):
        return taken_apart(sql[1:-1])
    return Clause("plain", " ".join(sql.split()))


def deciding(part: Clause, truths: Truths) -> Iterator[Clause]:
    """Yield the plain parts to which a condition owes that it is true, false or not known."""
    match part.kind:
        case "plain":
            yield part
        case "not":
            yield from deciding(part.parts[0], truths)
        case "all" | "any":
            for each in part.parts:
                # A false AND owes that to its false parts only, a true one to all; OR the other way
                # round.
                if truths[each.text] == truths[part.text]:
                    yield from deciding(each, truths)
        case "case":
            yield from _deciding_case(part, truths)


def _deciding_case(part: Clause, truths: Truths) -> Iterator[Clause]:
    taken = next(((c, result) for c, result in part.arms if truths[c.text]), None)
    result = taken[1] if taken else part.default
    if result is not None and not result.is_constant:
        yield from deciding(result, truths)
    elif taken:
        yield from deciding(taken[0], truths)
    else:
        unknown = [c for c, _ in part.arms if truths[c.text] is None]
        # No arm was true: it was for those that are not known, or for all of them being false.
        for condition in unknown or [c for c, _ in part.arms]:
            yield from deciding(condition, truths)


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int
    depth: int


def _tokens(sql: str) -> list[_Token]:
    """Cut SQL into words, each with how deep in parentheses and CASE it stands."""
    found, depth = [], 0
    for each in _TOKEN.finditer(sql):
        word = each.group().upper()
        # Whatever opens and closes bears the depth outside of it, so that both ends look alike.
        depth -= word in (")", "END")
        found.append(_Token(word, each.start(), each.end(), depth))
        depth += word in ("(", "CASE")
    return found


def _split(sql: str, tokens: list[_Token], word: str) -> list[str]:
    """Cut SQL at a word that stands in no parentheses and belongs to no BETWEEN."""
    pieces, start, between = [], 0, False
    for token in tokens:
        if token.depth == 0 and token.word == word and not between:
            pieces.append(sql[start : token.start])
            start = token.end
        # The AND of "x BETWEEN 1 AND 2" joins no conditions.
        if token.depth == 0 and token.word in ("BETWEEN", "AND"):
            between = token.word == "BETWEEN"
    return [*pieces, sql[start:]]


def _closes(tokens: list[_Token]) -> bool:
    """Whether what the first token opens ends with the last."""
    # "(a) + (b)" begins and ends with parentheses that are no pair.
    return next((t for t in tokens[1:] if t.depth == 0), None) is tokens[-1]


def _arms(sql: str, tokens: list[_Token]) -> Iterator[Clause]:
    marks = [t for t in tokens if t.depth == 1 and t.word in ("WHEN", "THEN", "ELSE")]
    ends = [*(mark.start for mark in marks[1:]), tokens[-1].start]
    for mark, end in zip(marks, ends, strict=True):
        yield taken_apart(sql[mark.end : end])
