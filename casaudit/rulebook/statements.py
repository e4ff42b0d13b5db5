"""Turning a rule into one SQL statement, and refusing text that is more than an expression."""

import re
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache

from casaudit.errors import RuleError
from casaudit.rulebook.rule import Rule
from casaudit.rulebook.views import View

_QUOTED = re.compile(r"'(?:[^']|'')*'")
# SQLite takes a misspelt name in double quotes for a text, and a comment could hide the parenthesis
# that ends a fragment. Backticks and brackets are other products' quotes, which SQLite knows too.
_FORBIDDEN = ('"', "`", "[", "]", ";", "--", "/*", "\0")
_WORD = re.compile(r"[A-Za-z_]\w*")
VERDICT = "_must"


def source(rule: Rule, path: str) -> str:
    """Return what a rule selects from: a view, or its SELECT in parentheses.

    Raises:
        RuleError: neither the one nor the other.
    """
    each = rule.each.strip()
    if _WORD.fullmatch(each):
        return each
    _require_plain(each, path, "each")
    if each.split(None, 1)[0].upper() not in {"SELECT", "WITH"}:
        raise RuleError(path, "each: a published view or a SELECT is expected")
    return f"({each}\n)"


def statement(rule: Rule, path: str, columns: Iterable[str] | None = None) -> str:
    """Build the SQL of a rule.

    It gives one row per object: its columns, then ``_must`` and the conditions ``_na0``,
    ``_unknown0``, ``_adjust0`` and so on, in the order of the rule.

    Args:
        rule: the rule.
        path: what errors name.
        columns: those of the row that are wanted; all of them where nothing is said.

    Raises:
        RuleError: a fragment that is not a plain expression or SELECT.
    """
    each = source(rule, path)
    parts = [("must", VERDICT, rule.must)]
    parts += [("not_applicable", f"_na{i}", c.when) for i, c in enumerate(rule.not_applicable)]
    parts += [("unknown", f"_unknown{i}", c.when) for i, c in enumerate(rule.unknown)]
    parts += [("adjust", f"_adjust{i}", c.when) for i, c in enumerate(rule.adjust)]
    for key, _, fragment in parts:
        _require_plain(fragment, path, key)
    row = ", ".join(f"e.{name}" for name in columns) if columns is not None else "e.*"
    conditions = ",\n".join(f"({fragment}\n) AS {name}" for _, name, fragment in parts)
    # A line break ends each fragment: should a comment slip through, it ends there.
    return f"SELECT {row},\n{conditions}\nFROM {each} AS e ORDER BY e.name, e.id"


def counting(rule: Rule) -> str:
    """Return the SQL that counts a rule's objects, whatever its conditions do to the rows."""
    return f"SELECT count(*) AS n FROM {source(rule, rule.id)} AS e"


def require_select(sql: str) -> None:
    """Refuse a text that is not one reading statement, before any engine sees it.

    Raises:
        RuleError: it does not begin with SELECT or WITH, or holds more than a statement.
    """
    _require_plain(sql, "query", "sql")
    if sql.split(None, 1)[:1] == [] or sql.split(None, 1)[0].upper() not in {"SELECT", "WITH"}:
        raise RuleError("query", "only SELECT statements are answered")


@lru_cache(maxsize=4096)
def words(fragment: str) -> frozenset[str]:
    """Return the identifiers of a fragment, outside its text literals."""
    return frozenset(_WORD.findall(_QUOTED.sub("''", fragment)))


def views_behind(rule: Rule, views: Sequence[View]) -> tuple[View, ...]:
    """Return the views that a rule reads, with those they are made of, in their order."""
    conditions = (*rule.not_applicable, *rule.unknown, *rule.adjust)
    return views_for(
        words(" ".join([rule.each, rule.must, *(each.when for each in conditions)])), views
    )


def views_for(names: Set[str], views: Sequence[View]) -> tuple[View, ...]:
    """Return the named views with those they are made of, in their order."""
    wanted = set(names)
    kept: list[View] = []
    # From the last view to the first: each comes after those that it reads.
    for view in reversed(views):
        if view.name in wanted:
            wanted |= words(view.select)
            kept.append(view)
    return tuple(reversed(kept))


def _require_plain(fragment: str, path: str, key: str) -> None:
    # What stands in a text literal is data, whatever signs it holds.
    bare = _QUOTED.sub("''", fragment)
    found = next((token for token in _FORBIDDEN if token in bare), None)
    if found is not None:
        raise RuleError(path, f"{key}: {found!r} is not allowed in SQL of a rule")
    depth = 0
    # "1) OR (1" is balanced in number, but would leave the parentheses that are put around it.
    for character in bare:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
    if depth != 0:
        raise RuleError(path, f"{key}: unbalanced parentheses")
