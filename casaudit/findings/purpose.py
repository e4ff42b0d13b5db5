"""What a rule is for beside its verdict: its place in a migration, in a plan and in the headline.

A rule states all of this in its file, so that no other part of casaudit knows a rule by its id,
and a rule of a pack counts like a shipped one. ``docs/rule-format.md`` describes the keys.
"""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


class Phase(StrEnum):
    """The parts of a remediation plan, in the order in which they depend on each other."""

    SITES = "sites"
    DNS = "dns"
    ARRAYS = "arrays"
    CERTIFICATES = "certificates"
    URLS = "urls"
    DATABASES = "databases"
    SERVERS = "servers"
    AFTERWARDS = "afterwards"

    @property
    def rank(self) -> int:
        """0 for what comes first."""
        return list(Phase).index(self)


class GateName(StrEnum):
    """The gates of a migration that rules open, in the order in which they are opened."""

    VERSIONS = "versions"
    ARRAYS = "arrays"
    DATABASES = "databases"
    NAMESPACES = "namespaces"
    CERTIFICATES = "certificates"
    OUTLOOK_ANYWHERE = "outlook_anywhere"
    OFFLINE_ADDRESS_BOOK = "offline_address_book"


class RemediationStage(StrEnum):
    """The order of remediation before a migration; a rule without a stage comes last."""

    BROKEN = "broken"
    SHARED_NAMES = "shared_names"
    VERSIONS = "versions"
    ARRAYS_AND_DATABASES = "arrays_and_databases"

    @property
    def rank(self) -> int:
        """0 for what comes first."""
        return list(RemediationStage).index(self)

    @property
    def decides(self) -> bool:
        """Whether nobody can say without such verdicts that nothing is in the way."""
        # The last stage only puts repairs in order: its failures are not critical and stop nothing.
        return self is not RemediationStage.ARRAYS_AND_DATABASES


class MigrationBearing(StrEnum):
    """How a rule relates to the migration as such."""

    TARGET_VERSION = "target_version"
    """The target asks for it: an upgrade path over other versions may take the failure away, and
    it concerns the organisation as a whole, no single wave."""
    MET_BY_MOVING = "met_by_moving"
    """The migration is itself the repair, so that a failure is no warning about it."""


_PLACES = re.compile(r"%\((number|all)\)s|%%")
# What states no place comes behind all that do.
_LAST = 99


class _Key(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GateMembership(_Key):
    """The gate that a rule belongs to.

    Attributes:
        order: where reports name it among the rules of the gate, 1 first; equal ones by id.
    """

    name: GateName
    order: int = Field(default=_LAST, ge=1, le=_LAST)


def _one_line(text: str) -> str:
    # YAML folds long texts; translations are looked up by the text on one line.
    if not text.strip():
        raise ValueError("is empty")
    return " ".join(text.split())


def _countable(text: str) -> str:
    # Not tried out: a pack could ask for "%(number)999999999s", and filling that in takes a GB.
    if "%" in _PLACES.sub("", text):
        raise ValueError("may hold %(number)s and %(all)s, and %% for a percent sign")
    return text


OneLine = Annotated[str, AfterValidator(_one_line)]
CountText = Annotated[OneLine, AfterValidator(_countable)]
"""A sentence over ``%(number)s`` failures of ``%(all)s`` objects to which the rule applies."""


class Headline(_Key):
    """What the answer in one sentence says of a rule's failures, instead of counting them.

    Attributes:
        one: for one failure, ``many`` for several.
        order: where it stands among the other headlines, 1 first; equal ones by the rule's id.
    """

    one: CountText
    many: CountText
    order: int = Field(default=_LAST, ge=1, le=_LAST)

    @model_validator(mode="after")
    def _counts(self) -> Self:
        # A plural without a number would say the same of two failures and of two hundred.
        if "%(number)s" not in self.many:
            raise ValueError("many needs %(number)s")
        return self


class EndpointText(_Key):
    """Where a database points that fails the rule; its repair gives it another endpoint.

    Attributes:
        phrase: it as the end of a sentence: ``12 of 30 mailbox databases point ...``.
        short: it in a few words, for the map.
    """

    phrase: OneLine
    short: OneLine


class Purpose(_Key):
    """The keys of a rule that say what it is for; a rule may have none of them.

    Attributes:
        phase: where in a plan its repair by hand belongs; by the kind of object where unstated.
        gate, stage, migration: its part in a migration.
        headline, endpoint: what the answer in one sentence says of its failures.
        standing: its failures are notices, and no part of the answer: what an organisation as a
            whole cannot change in the short run would make every answer the same, for years.
    """

    phase: Phase | None = None
    gate: GateMembership | None = None
    stage: RemediationStage | None = None
    migration: MigrationBearing | None = None
    headline: Headline | None = None
    endpoint: EndpointText | None = None
    standing: bool = False

    @model_validator(mode="after")
    def _notice_or_answer(self) -> Self:
        if self.standing and (self.headline or self.endpoint):
            raise ValueError("a standing rule is not part of the answer: no headline, no endpoint")
        return self

    @property
    def decides(self) -> bool:
        """Whether the readiness for a migration rests on the verdicts of the rule."""
        return self.stage is not None and self.stage.decides

    @property
    def purpose(self) -> "Purpose":
        """These keys alone, of a rule that has others too."""
        return Purpose(**{key: getattr(self, key) for key in Purpose.model_fields})
