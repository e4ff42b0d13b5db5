"""One rule made ready for a set of tables: its statements, and where its values stand in a row."""

import re
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from casaudit.engine.fix_cards import FixCards
from casaudit.engine.loading import Row
from casaudit.engine.tables import Tables
from casaudit.errors import RuleError
from casaudit.findings import COMMAND_PARTS, Cells, Known, Provenance, Subject, Verdict
from casaudit.i18n.languages import Language
from casaudit.rulebook.rule import Condition, Rule
from casaudit.rulebook.statements import counting, source, statement, words
from casaudit.rulebook.templates import names_in
from casaudit.rulebook.views import Column

SOURCE = ("origin", "at", "when_changed", "usn_changed")
"""Parts of a provenance; a row has them with ``source_`` before the name."""
_NAME = re.compile(r"[a-z]\w*")
_ALWAYS = frozenset(("id", "name", "site", *(f"source_{part}" for part in SOURCE)))

Decision = tuple[Verdict, Condition | None]
"""A verdict, and the condition of the rule whose reason it bears."""


class RulePlan:
    """What is the same for every row of a rule, and for every snapshot.

    Attributes:
        columns: the documented columns that the rule can name.
        names: the columns of a row; the answers to the rule's conditions come behind them.
        width: the number of those columns.
        source: the parts of a provenance that a row has.
        object_cells: takes the cells that name an object out of a row.
        evidence: by column of evidence its place among the evidence, and its type.
    """

    def __init__(self, rule: Rule, tables: Tables, cards: FixCards) -> None:
        """Prepare a rule.

        Raises:
            RuleError: the rule cannot be run on these tables.
        """
        self.rule = rule
        self.cards = cards
        self.columns = _columns_of(rule, tables)
        self.names = self._needed(tables)
        self.width = len(self.names)
        self._place = {name: at for at, name in enumerate(self.names)}
        for name in ("id", "name", "site"):
            if name not in self._place:
                raise RuleError(rule.id, f"each: there is no column {name!r}")
        self._count = counting(rule)
        self._sql = statement(rule, rule.id, self.names)
        self.evidence = {name: (at, self._kind(name)) for at, name in enumerate(rule.evidence)}
        self._answers = self._answer_places()
        self.source = tuple(part for part in SOURCE if f"source_{part}" in self._place)
        read = [f"source_{part}" for part in self.source]
        self.object_cells = self.picked(["name", "site", "id", *read])
        # Sorted, so that a reason has the same words in every process.
        self._must = sorted(words(rule.must) & self.columns.keys() & self._place.keys())

    def picked(self, names: Iterable[str]) -> Callable[[Cells], Cells]:
        """Return what takes the cells of some columns out of a row."""
        places = [self._place[name] for name in names]
        if len(places) < 2:
            # An itemgetter of one place gives the cell itself, and none of no place is possible.
            return lambda row: tuple([row[at] for at in places])
        return itemgetter(*places)

    def rows(self, tables: Tables) -> list[Cells]:
        """Put the rule to all its objects.

        Raises:
            RuleError: it cannot be run, or does not answer for each object exactly once.
        """
        try:
            # Counted by a statement of its own, without the conditions that might change the
            # number.
            objects = tables.rows(self._count)[1][0][0]
            rows = tables.rows(self._sql)[1]
        except RuleError as error:
            raise RuleError(self.rule.id, error.problem) from None
        # A join in a rule's SELECT can double or drop objects without anybody noticing: a rule
        # that does is refused whole, since some of its verdicts would be about nothing.
        at = self._place["id"]
        ids = {row[at] for row in rows} - {None}
        if not len(rows) == len(ids) == objects:
            raise RuleError(
                self.rule.id,
                f"gave {len(rows)} verdicts for {objects} objects with {len(ids)} ids;"
                " every object needs exactly one",
            )
        return rows

    def decided(self, answers: Cells) -> Decision:
        """Return the verdict for one row's answers, and the condition that gives its reason.

        Raises:
            RuleError: the rule's condition gives no truth value.
        """
        places = self._answers
        # Before must: where a rule does not apply, its condition may say anything.
        for at, excluded in zip(places["na"], self.rule.not_applicable, strict=True):
            # Not "is not 0": an exception whose condition is NULL is not known to hold.
            if answers[at] == 1:
                return Verdict.NOT_APPLICABLE, excluded
        must = answers[0]
        # SQLite takes any number or text for a truth value; an auditor could not tell which.
        if must not in (0, 1, None):
            raise RuleError(self.rule.id, f"must gave {must!r}, not true, false or NULL")
        if must is not None:
            return (Verdict.PASS if must else Verdict.FAIL), None
        for at, unknown in zip(places["unknown"], self.rule.unknown, strict=True):
            if answers[at] == 1:
                return Verdict.NOT_EVALUATED, unknown
        return Verdict.NOT_EVALUATED, None

    def adjusted(self, answers: Cells) -> Any:
        """Return the first adjustment of severity that a row's answers ask for."""
        found = zip(self._answers["adjust"], self.rule.adjust, strict=True)
        return next((each for at, each in found if answers[at] == 1), None)

    def named(self, template: str) -> Callable[[Cells], Cells]:
        """Return what takes the cells that a template names out of a row."""
        return self.picked(name for name in names_in(template) if name in self._place)

    def row(self, cells: Cells) -> Row:
        """Return a row with its column names."""
        # A failure's cells end with the columns; those of a running rule have answers behind.
        return dict(zip(self.names, cells, strict=False))

    def context(self, cells: Cells) -> dict[str, Any]:
        """Return a row as templates see it."""
        return self.cards.context(self.row(cells), self.columns)

    def object_of(self, cells: Cells) -> Known:
        """Return the object that ``object_cells`` of a row name, and where it was read."""
        name, site, object_id, *read = cells
        parts = dict(zip(self.source, read, strict=True))
        provenance = Provenance(**parts) if parts.get("origin") else None
        return Subject(self.rule.subject, str(name), site, str(object_id)), provenance

    def missing(self, row: Cells, language: Language) -> str:
        """Say which columns of the rule's condition are not known in a row."""
        missing = [
            f"{name} ({language.translate(self.columns[name].meaning)})"
            for name in self._must
            if row[self._place[name]] is None
        ]
        if not missing:
            return language.say("the evidence is incomplete")
        return language.say("not known: %(names)s", names="; ".join(missing))

    def _answer_places(self) -> Mapping[str, range]:
        """Where the answers to the conditions stand behind that of ``must``, as in the SQL."""
        rule, places, begin = self.rule, {}, 1
        for key, conditions in (
            ("na", rule.not_applicable),
            ("unknown", rule.unknown),
            ("adjust", rule.adjust),
        ):
            places[key] = range(begin, begin + len(conditions))
            begin += len(conditions)
        return places

    def _kind(self, name: str) -> str:
        return self.columns[name].type if name in self.columns else ""

    def _needed(self, tables: Tables) -> list[str]:
        """The columns of a row that the rule's texts name: a fleet's rows are wide."""
        rule, card = self.rule, self.cards.block(self.rule.remediation)
        texts = [rule.must, rule.message, *(getattr(card, part) for part in COMMAND_PARTS)]
        texts += [card.rest, *(each.when for each in card.plan)]
        texts += [each.because for each in (*rule.not_applicable, *rule.unknown)]
        # Not ``words``: an apostrophe in a text would hide the names up to the next quote.
        named = set(_NAME.findall(" ".join(text for text in texts if text)))
        named |= {*rule.evidence, *rule.cause, *(parent.on for parent in rule.under)}
        named = named.union(*(each.columns for each in card.plan))
        # A name that is not plain goes into a command by its GUID: the id has to be there.
        named |= {c.id_column for c in self.columns.values() if c.id_column and c.name in named}
        try:
            every = tables.describe(f"SELECT * FROM {source(rule, rule.id)} AS e")
        except RuleError as error:
            raise RuleError(rule.id, error.problem) from None
        return [each for each in every if each in named or each in _ALWAYS]


def _columns_of(rule: Rule, tables: Tables) -> dict[str, Column]:
    """The documented columns a rule can name: of the views that its text mentions."""
    mentioned = words(rule.each)
    columns: dict[str, Column] = {}
    for view in tables.names:
        if view in mentioned:
            # The column of an earlier view stays where a later one has its name too.
            columns = {column.name: column for column in tables.columns(view)} | columns
    return columns
