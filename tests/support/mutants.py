"""Small mistakes in rules and views, each one alone: what the rules' examples have to notice."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casaudit.rulebook.rule import Rule
from casaudit.rulebook.views import View

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\d+(?:\.\d+)?|\w+(?:\.\w+)?|<>|<=|>=|\|\||[=<>]|\S")
_FLIPS = {
    "=": ("<>",),
    "<>": ("=",),
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
}
_CLAUSES = frozenset({"GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "EXCEPT", "WINDOW"})
_NO_BOUND = frozenset({"SELECT", "THEN", "ELSE", "LIMIT", ","})
_RELATION = re.compile(r"\b(?:FROM|JOIN|,)\s+(\w+)\s+(?:AS\s+)?(\w+)\b", re.IGNORECASE)
_CONTEXT = 7
"""So many tokens around a mistake stand in its name, whatever lines the SQL is broken into."""

Columns = Mapping[str, Mapping[str, str]]
"""By table or view: the types of its columns."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: a rule or a view that differs from the real one in one place.

    Attributes:
        name: where the mistake is and what it is; no other mutant has the same.
        group: id of the rule, or name of the view.
        column: of a view, the column whose definition holds the mistake, if it is one alone.
    """

    name: str
    group: str
    changed: Rule | View
    column: str | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    new: str


def of_rule(rule: Rule, types: Mapping[str, str]) -> list[Mutant]:
    """Return the mutants of a rule; ``types`` are those of the columns of its rows."""
    found: list[tuple[str, Rule]] = []
    for edit, text in _altered(rule.must, types):
        found.append((f"must {edit}", rule.model_copy(update={"must": text})))
    for edit, text in _altered(rule.each, {}, start=_last_where(rule.each)):
        found.append((f"each {edit}", rule.model_copy(update={"each": text})))
    for key in ("not_applicable", "adjust", "unknown"):
        conditions = getattr(rule, key)
        for number, condition in enumerate(conditions):
            where = f"{key} {number + 1}"
            left = (*conditions[:number], *conditions[number + 1 :])
            found.append((f"{where} dropped", rule.model_copy(update={key: left})))
            for edit, text in _altered(condition.when, types):
                other = condition.model_copy(update={"when": text})
                changed = (*conditions[:number], other, *conditions[number + 1 :])
                found.append((f"{where} {edit}", rule.model_copy(update={key: changed})))
    return _named(rule.id, found)


def of_view(view: View, tables: Columns) -> list[Mutant]:
    """Return the mutants of a view; ``tables`` are all that it may read."""
    sql = view.select
    tokens = _tokens(sql)
    edits = [*_flipped(tokens, most=1), *_dropped(tokens), *_rejoined(sql, tokens, tables)]
    spans = definitions(view)
    found = [(_shown(sql, edit), replace(view, select=_applied(sql, edit))) for edit in edits]
    columns = (
        next((name for name, (start, end) in spans.items() if start <= edit.start < end), None)
        for edit in edits
    )
    named = _named(view.name, found)
    return [replace(mutant, column=column) for mutant, column in zip(named, columns, strict=True)]


def definitions(view: View) -> dict[str, tuple[int, int]]:
    """Return where in its SELECT each column of a view is defined."""
    tokens = [token for token in _tokens(view.select) if token.depth == 0]
    spans: dict[str, tuple[int, int]] = {}
    start = next((t.end for t in tokens if t.word in ("SELECT", "DISTINCT")), 0)
    for mark, name, behind in zip(tokens, tokens[1:], [*tokens[2:], None], strict=False):
        if mark.word == "SELECT":
            start = mark.end
        if mark.word == "AS" and (behind is None or behind.word in (",", "FROM")):
            spans[view.select[name.start : name.end]] = (start, name.end)
            start = behind.end if behind else name.end
        if behind is None or behind.word == "FROM":
            break
    return spans


def _named(group: str, found: Iterable[tuple[str, Any]]) -> list[Mutant]:
    names: dict[str, int] = {}
    mutants = []
    for what, changed in found:
        names[what] = names.get(what, 0) + 1
        again = f" ({names[what]})" if names[what] > 1 else ""
        mutants.append(Mutant(f"{group} {what}{again}", group, changed))
    return mutants


def _last_where(sql: str) -> int:
    """Return where the condition on the objects of a SELECT begins, which decides on verdicts."""
    wheres = [token.end for token in _tokens(sql) if token.word == "WHERE" and token.depth == 0]
    return wheres[-1] if wheres else len(sql)


def _altered(sql: str, types: Mapping[str, str], start: int = 0) -> Iterator[tuple[str, str]]:
    tokens = [token for token in _tokens(sql) if token.start >= start]
    edits = [*_flipped(tokens), *_reworded(tokens), *_miscounted(tokens), *_swapped(tokens, types)]
    for edit in edits:
        yield _shown(sql, edit), _applied(sql, edit)


def _tokens(sql: str) -> list[_Token]:
    found, depth = [], 0
    for each in _TOKEN.finditer(sql):
        word = each.group() if each.group()[0] in "'\"" else each.group().upper()
        depth -= word in (")", "END")
        found.append(_Token(word, each.start(), each.end(), depth))
        depth += word in ("(", "CASE")
    return found


def _flipped(tokens: Sequence[_Token], most: int = 2) -> Iterator[_Edit]:
    """Turn a comparison around, or move its bound by nothing at all."""
    for token in tokens:
        for new in _FLIPS.get(token.word, ())[-most:]:
            yield _Edit(token.start, token.end, new)


def _reworded(tokens: Sequence[_Token]) -> Iterator[_Edit]:
    """AND for OR, a NOT too few or too many, true for false."""
    other = {"OR": "AND", "TRUE": "FALSE", "FALSE": "TRUE", "NOT": ""}
    between = False
    before = ""
    for token in tokens:
        if token.word in other:
            yield _Edit(token.start, token.end, other[token.word])
        elif token.word == "AND" and not between:
            yield _Edit(token.start, token.end, "OR")
        elif before != "NOT" and (
            token.word in ("IN", "LIKE", "EXISTS") or (token.word == "NULL" and before == "IS")
        ):
            yield _Edit(token.start, token.start, "NOT ")
        between = token.word == "BETWEEN" or (between and token.word != "AND")
        before = token.word


def _miscounted(tokens: Sequence[_Token]) -> Iterator[_Edit]:
    """Put a bound one step too high or too low."""
    before = ""
    for token in tokens:
        if token.word[0].isdigit() and before not in _NO_BOUND:
            digits = len(token.word.partition(".")[2])
            for step in (1, -1):
                value = float(token.word) + step / 10**digits
                yield _Edit(token.start, token.end, f"{value:.{digits}f}")
        before = token.word


def _swapped(tokens: Sequence[_Token], types: Mapping[str, str]) -> Iterator[_Edit]:
    """Ask another column of the same type that the condition names too."""
    names = dict.fromkeys(t.word.lower() for t in tokens if t.word.lower() in types)
    for token in tokens:
        name = token.word.lower()
        alike = [each for each in names if name in types and types[each] == types[name]]
        if len(alike) > 1:
            yield _Edit(token.start, token.end, alike[(alike.index(name) + 1) % len(alike)])


def _dropped(tokens: Sequence[_Token]) -> Iterator[_Edit]:
    """Forget one part of a WHERE."""
    for place, token in enumerate(tokens):
        if token.word != "WHERE":
            continue
        clause = []
        for each in tokens[place + 1 :]:
            if each.depth < token.depth or (each.depth == token.depth and each.word in _CLAUSES):
                break
            clause.append(each)
        for part in _conjuncts(clause, token.depth):
            yield _Edit(part[0].start, part[-1].end, "1")


def _conjuncts(clause: Sequence[_Token], depth: int) -> list[list[_Token]]:
    level = [each.word for each in clause if each.depth == depth]
    parts: list[list[_Token]] = [[]]
    between = False
    for token in clause:
        if token.depth == depth and token.word == "AND" and not between and "OR" not in level:
            parts.append([])
        else:
            parts[-1].append(token)
        if token.depth == depth and token.word in ("BETWEEN", "AND"):
            between = token.word == "BETWEEN"
    return parts


def _rejoined(sql: str, tokens: Sequence[_Token], tables: Columns) -> Iterator[_Edit]:
    """Join on another column of the same table."""
    relations: dict[str, list[str]] = {}
    for relation, alias in _RELATION.findall(sql):
        relations.setdefault(alias.lower(), []).append(relation)
    for place, token in enumerate(tokens):
        if token.word != "=" or place in (0, len(tokens) - 1):
            continue
        sides = (tokens[place - 1], tokens[place + 1])
        if all("." in side.word and side.word[0] not in "'\"0123456789" for side in sides):
            for side in sides:
                alias, column = side.word.lower().split(".")
                named = [tables[each] for each in relations.get(alias, ()) if each in tables]
                if other := _sibling(column, named):
                    yield _Edit(side.start, side.end, f"{alias}.{other}")


def _sibling(column: str, tables: Sequence[Mapping[str, str]]) -> str | None:
    """Return a column of the same type, one that ends alike before any other."""
    if not tables or any(column not in table for table in tables):
        return None
    ending = column.rpartition("_")[2]
    kind = tables[0][column]
    alike = [
        name
        for name in tables[0]
        if name != column and all(table.get(name) == kind for table in tables)
    ]
    return min(alike, key=lambda name: (name.rpartition("_")[2] != ending, name), default=None)


def _applied(sql: str, edit: _Edit) -> str:
    return sql[: edit.start] + edit.new + sql[edit.end :]


def _shown(sql: str, edit: _Edit) -> str:
    """Say what is replaced by what, with a little of what stands around it."""
    tokens = _tokens(sql)
    before = [each for each in tokens if each.end <= edit.start][-_CONTEXT:]
    old = [each for each in tokens if edit.start <= each.start < edit.end]
    after = [each for each in tokens if each.start >= edit.end][:_CONTEXT]
    texts = (" ".join(sql[t.start : t.end] for t in each) for each in (before, old, after))
    return "...{} [{} -> {new}] {}...".format(*texts, new=edit.new.strip())
