"""The waiver file: strict, every error with its line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from casaudit.days import Day
from casaudit.errors import RuleError
from casaudit.findings import Waiver
from casaudit.strict_yaml import line_of, lines_below, read

SCHEMA = "casaudit/waivers/1"
# A whole year, in a leap year too.
MAX_DAYS = 366
"""How long after the snapshot a waiver may hold."""


def _cell(value: Any) -> Any:
    # What evidence can be: a list of a directory holds texts only.
    texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    # A bool is an int for isinstance, so that true and false pass too.
    if not (texts or value is None or isinstance(value, str | int | float)):
        raise ValueError("a text, a number, true, false, null or a list of texts belongs here")
    return value


# Words for people lose the blanks around them; a name is taken letter by letter.
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(min_length=1)]
Cell = Annotated[Any, AfterValidator(_cell)]


class WaiverEntry(BaseModel):
    """One entry of the waiver file, as it is read and as ``casaudit waive`` writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    object: Name | None = None
    id: Name | None = None
    value: dict[str, Cell] = Field(min_length=1)
    owner: Text
    approver: Text
    reason: Text
    ticket: Text | None = None
    until: Day

    @model_validator(mode="after")
    def _one_object(self) -> Self:
        if (self.object is None) == (self.id is None):
            raise ValueError("name one object, by 'object' or, where its name is shared, by 'id'")
        return self

    def waiver(self, line: int) -> Waiver:
        """Return it as what may hold for a failure; ``line`` is where it begins."""
        return Waiver(
            rule=self.rule,
            object=self.object or self.id or "",
            value=self.value,
            owner=self.owner,
            approver=self.approver,
            reason=self.reason,
            ticket=self.ticket,
            until=self.until,
            line=line,
            by_id=self.object is None,
        )


class WaiverFile(BaseModel):
    """The waiver file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["casaudit/waivers/1"] = Field(alias="schema")
    waivers: tuple[WaiverEntry, ...]


@dataclass(frozen=True, slots=True)
class Waivers:
    """The entries of a waiver file, and what to call it in errors."""

    path: str = ""
    entries: tuple[Waiver, ...] = ()

    def check_terms(self, collected_at: datetime) -> None:
        """Refuse a term of more than a year after the snapshot.

        Raises:
            RuleError: with the line of the first entry that ends too late.
        """
        latest = latest_day(collected_at)
        for waiver in self.entries:
            if waiver.until > latest:
                raise RuleError(
                    self.path,
                    f"until: {waiver.until} is more than {MAX_DAYS} days after the snapshot",
                    waiver.line,
                    f"write {latest} or earlier, and look at it again by then",
                )


NO_WAIVERS = Waivers()


def latest_day(collected_at: datetime) -> date:
    """Return the last day on which a waiver for a snapshot may hold."""
    # From the snapshot and not from the clock: the same report can be made again years later.
    return collected_at.astimezone(UTC).date() + timedelta(days=MAX_DAYS)


def read_waivers(text: str, path: str, evidence: Mapping[str, Collection[str]]) -> Waivers:
    """Read a waiver file.

    Args:
        text: its content.
        path: what to call it in errors.
        evidence: the evidence columns of every rule in force, by rule id.

    Raises:
        RuleError: an unknown or duplicate key, a value of the wrong kind, an unknown rule or
            column, or two entries for one object, with its line.
    """
    entries = read(text, path, WaiverFile).waivers
    # The models know no lines, so these are read apart; strict notices if the two ever disagree.
    lines = lines_below(text, "waivers")
    waivers = tuple(each.waiver(line) for each, line in zip(entries, lines, strict=True))
    seen: dict[tuple[str, str, bool], Waiver] = {}
    for number, waiver in enumerate(waivers):
        _check_names(waiver, evidence, text, path, number)
        first = seen.setdefault((waiver.rule, waiver.object, waiver.by_id), waiver)
        if first is not waiver:
            raise duplicate_error(path, waiver, first)
    return Waivers(path, waivers)


def _check_names(
    waiver: Waiver, evidence: Mapping[str, Collection[str]], text: str, path: str, number: int
) -> None:
    at = ("waivers", number)
    columns = evidence.get(waiver.rule)
    if columns is None:
        raise RuleError(
            path,
            f"rule: there is no rule {waiver.rule!r}",
            line_of(text, *at, "rule"),
            "see 'casaudit rules list'",
        )
    for column in waiver.value:
        if column not in columns:
            raise RuleError(
                path,
                f"value: {column!r} is not among the evidence of {waiver.rule}",
                line_of(text, *at, "value", column),
                f"its evidence: {', '.join(columns)}",
            )


def duplicate_error(path: str, waiver: Waiver, first: Waiver) -> RuleError:
    """Return the error of two entries for one object."""
    problem = f"line {first.line} waives the same object of {waiver.rule} already"
    return RuleError(path, problem, waiver.line, "keep one of the two")
