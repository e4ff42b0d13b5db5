"""What a remediation plan is made from: values that cmdlets set, and what rules want of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

from casaudit.findings.finding import Subject, Value
from casaudit.findings.purpose import Phase

Compare = Literal["name", "url", "text", "truth", "list"]
"""How two values of a setting are held equal: letter case aside, and a name's last dot, a URL's
last slash and a list's order."""


class Setting(BaseModel):
    """A value of an Exchange object that a cmdlet reads and sets; read from the shared rules.

    Attributes:
        read: PowerShell that gives the present value of ``$Identity``.
        write: PowerShell that gives ``$Identity`` the value ``$Value``; it honours ``$WhatIf``.
        shape: what a DNS name becomes as its value, with ``{}`` for the name.
        resolves: whether its value is a name that has to resolve before it is set.
        clears: whether it can be set to nothing.
        remove: PowerShell that removes what ``write`` made of the value ``$Value``; it honours
            ``$WhatIf``. Only where ``write`` makes an object.
        users: PowerShell that gives the names of the objects that use what was made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    phase: Phase
    compare: Compare
    read: str
    write: str
    shape: str = "{}"
    resolves: bool = False
    clears: bool = True
    remove: str | None = None
    users: str | None = None


class Decision(BaseModel):
    """A value that no snapshot knows and a person states; read from the shared rules.

    Attributes:
        per: for what one answer holds.
        kind: a DNS name, or any text.
        check: what the person makes sure of before the value is used, one sentence.
        resolves: whether the name has to resolve where the plan runs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    per: Literal["object", "site", "organization"]
    kind: Literal["name", "text"] = "name"
    check: str | None = None
    resolves: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One setting of one object, as the snapshot saw it.

    Attributes:
        weight: mailboxes that depend on it, when known.
        target: the object as a PowerShell literal, and ``source`` the value as one; ``None``
            where it cannot be written safely.
        label: the object's name for people, as a literal too.
    """

    setting: str
    subject: Subject
    value: Value
    is_known: bool
    weight: int | None
    target: str | None
    source: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Repair:
    """What one finding wants of one setting of one object.

    Attributes:
        to: the value wanted, and ``source`` the same as a PowerShell literal.
        decision: the decision that gives the value, where no snapshot knows it.
        resolves: the name that has to resolve first, as a literal.
    """

    fingerprint: str
    cell: Cell
    to: Value = None
    source: str = "$null"
    decision: str | None = None
    resolves: str | None = None


@dataclass(frozen=True, slots=True)
class Repairs:
    """All that a plan is made from.

    Attributes:
        cells: every settable value that was seen, ordered by setting and object.
        repairs: by finding, in the order of the rules' plans.
        rests: by fingerprint, what remains by hand beside the repairs of a finding.
        problems: by fingerprint, why a finding has no repair although its rule plans one.
    """

    settings: Mapping[str, Setting] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    repairs: tuple[Repair, ...] = ()
    rests: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
