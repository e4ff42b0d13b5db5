"""The rule: what it looks at, when it fails, what it says, and how it proves itself.

A rule is a YAML file named after its id; the folder is the registry. ``rulebook.reading``
fills these models, ``engine.check`` compares them with the published views.
"""

# The whole module: a field below is called date.
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from casaudit.findings import (
    COMMAND_PARTS,
    Decision,
    Purpose,
    Reference,
    RuleInfo,
    Setting,
    Severity,
)
from casaudit.i18n.languages import Language
from casaudit.rulebook.plan_entry import PlanEntry
from casaudit.rulebook.views import View
from casaudit.snapshot import SectionName

SubjectKind = Literal[
    "organization", "site", "server", "array", "database", "availability_group",
    "virtual_directory", "service_connection_point", "dns_name", "tls_endpoint",
    "certificate", "collection",
]  # fmt: skip
Profile = Literal["health", "migration", "audit"]


def _several(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


SettingsName = Literal[
    "sites", "servers", "balancers", "balancer_names",
    "pools", "planned_arrays", "manual_records", "migration_batches",
]  # fmt: skip


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    if not line.endswith("."):
        raise ValueError("say in one sentence, with a full stop, what holds where the rule passes")
    return line


Texts = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""One text or a list of texts."""


class _RulePart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_RulePart):
    """An SQL condition on the row, and what it means in words."""

    when: str
    because: str


class Adjustment(Condition):
    """A condition under which another severity is right; the first that is true holds."""

    severity: Severity


class Parent(_RulePart):
    """Another rule's failure that contains this one: about the object whose id is in ``on``."""

    rule: str
    on: str


class Commands(_RulePart):
    """Templates of a fix card; ``like`` takes what is not stated from a shared block.

    Attributes:
        fix: what rehearses, each change with ``-WhatIf``; ``at_once`` what cannot be rehearsed.
        impact: names of shared effects, or free text.
        after: rules whose remediation comes first.
        plan: values that a remediation plan sets; ``rest`` what then remains by hand.
    """

    like: str | None = None
    before: str | None = None
    fix: str | None = None
    at_once: str | None = None
    verify: str | None = None
    rollback: str | None = None
    impact: Texts = ()
    after: Texts = ()
    plan: tuple[PlanEntry, ...] = ()
    rest: str | None = None


class Citation(_RulePart):
    """A reference of a rule."""

    title: str
    url: str | None = None


class Revision(_RulePart):
    """What a revision of a rule changed."""

    revision: int = Field(ge=1)
    date: datetime.date | None = None
    change: str


class Expected(_RulePart):
    """The verdicts of an example: the exact objects of each verdict that is listed.

    Whatever is listed must be exactly so; ``fail`` is always exact, so an example
    that lists no failure allows none.

    Attributes:
        says: by object, a part of its message or reason.
        evidence: by object, columns of its evidence with their values.
        commands: by object, parts of its fix card.
    """

    fail: tuple[str, ...] = ()
    # pass is a word of Python's grammar.
    pass_: tuple[str, ...] | None = Field(default=None, alias="pass")
    not_evaluated: tuple[str, ...] | None = None
    not_applicable: tuple[str, ...] | None = None
    severity: dict[str, Severity] = Field(default_factory=dict)
    says: dict[str, str] = Field(default_factory=dict)
    evidence: dict[str, dict[str, Any]] = Field(default_factory=dict)
    commands: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Example(_RulePart):
    """A proof: one healthy organisation, changed as ``given``, and what the rule must say."""

    name: str
    given: dict[str, Any] = Field(default_factory=dict)
    expect: Expected


class Rule(Purpose):
    """One rule of the book. See ``docs/rule-format.md`` for every key.

    Attributes:
        title: what is wrong where it fails; ``requirement`` what holds where it passes.
        needs: sections on whose completeness every verdict rests.
        population: sections from which the objects themselves come; when one is not complete,
            the objects that were not seen are reported as not evaluated.
        asks: keys of the settings file by which the operator could turn a verdict.
        each: a published view or a SELECT that gives one row per object.
        must: SQL; true is pass, false is fail, NULL is not evaluated.
        unknown: conditions that explain a NULL, first match.
        computed: what the evidence means that ``each`` works out itself; no view describes it.
        cause: columns whose equal values make failures one cause.
        under: failures of other rules that contain a failure of this one.
        history: what each revision changed; the last entry, if any, is the present one.
    """

    # The form is part of file names, links and SARIF ids: no character that needs escaping there.
    id: str = Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-\d{3}$")
    revision: int = Field(ge=1)
    title: str
    # Packs from before this key have their titles only.
    requirement: Annotated[str, AfterValidator(_sentence)] = Field(
        default_factory=lambda known: known.get("title", "")
    )
    severity: Severity
    adjust: tuple[Adjustment, ...] = ()
    profiles: tuple[Profile, ...]
    subject: SubjectKind
    needs: tuple[SectionName, ...] = ()
    population: tuple[SectionName, ...] = ()
    asks: tuple[SettingsName, ...] = ()
    each: str
    not_applicable: tuple[Condition, ...] = ()
    must: str
    unknown: tuple[Condition, ...] = ()
    evidence: tuple[str, ...]
    computed: dict[str, str] = Field(default_factory=dict)
    message: str
    cause: Texts = ()
    under: tuple[Parent, ...] = ()
    remediation: Commands
    history: tuple[Revision, ...] = ()
    why: str
    confidence: Literal["verified", "recalled", "judgement"]
    references: tuple[Citation, ...] = ()
    controls: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    @property
    def info(self) -> RuleInfo:
        """What the reports show of the rule."""
        return RuleInfo(
            id=self.id,
            revision=self.revision,
            title=self.title,
            requirement=self.requirement,
            severity=self.severity,
            why=self.why,
            confidence=self.confidence,
            profiles=self.profiles,
            references=tuple(Reference(each.title, each.url) for each in self.references),
            controls=self.controls,
            after=self.remediation.after,
            purpose=self.purpose,
        )


class SharedFile(_RulePart):
    """``shared.yaml``: what several rules have in common."""

    blocks: dict[str, Commands] = Field(default_factory=dict)
    settings: dict[str, Setting] = Field(default_factory=dict)
    decisions: dict[str, Decision] = Field(default_factory=dict)
    effects: dict[str, str] = Field(default_factory=dict)

    def completed(self, commands: Commands) -> Commands:
        """Return the commands of a rule with what it takes from the block that it is ``like``.

        What a rule states itself counts; ``after`` is never taken, since it speaks of that rule.
        """
        if commands.like is None:
            return commands
        block = self.blocks[commands.like]
        parts = (*COMMAND_PARTS, "impact", "plan", "rest")
        # Empty counts as not stated, so a rule cannot take a part of its block away.
        taken = {part: getattr(commands, part) or getattr(block, part) for part in parts}
        return commands.model_copy(update={**taken, "like": None})


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules in force, with what they share.

    Attributes:
        paths: file of each rule, by id.
        folders: where all this is from, and the translations of it.
        sha256: over the name and content of every file that was read, translations excepted:
            they change no verdict.
        language: what its texts are written in.
    """

    rules: tuple[Rule, ...]
    views: tuple[View, ...]
    data: Mapping[str, Sequence[Mapping[str, str]]]
    shared: SharedFile
    paths: Mapping[str, Path]
    folders: tuple[Path, ...]
    sha256: str
    language: Language = field(default_factory=Language)

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule with this id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
