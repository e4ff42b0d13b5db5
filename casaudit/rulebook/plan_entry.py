"""What a rule wants of settings, so that a remediation plan can change them: part of the format."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

OWN = "subjects"
"""Stands for the object that a finding is about."""
ALL = "*"
"""Stands for every object that has the setting."""

Several = Annotated[
    tuple[str, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else (v,))
]
Constant = Annotated[
    bool | str | tuple[str, ...],
    BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v),
]


class PlanEntry(BaseModel):
    """One entry of a rule's plan: settings of objects, and the value that they are to get.

    Exactly one of ``to``, ``value``, ``ask`` and ``clear`` says which value that is.

    Attributes:
        set: names of settings in ``shared.yaml``; an object has only some of them.
        on: a column of objects; a server stands for what belongs to it as well.
        hosts: a column of DNS names; only values that lead to one of them are changed.
        differing: only settings of which these objects have more than one host are changed.
        when: a condition on the row, as in templates.
        to: a column that holds the value.
        value: the value itself.
        ask: a decision in ``shared.yaml``.
        clear: no value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    set: Several
    on: str = OWN
    hosts: str | None = None
    differing: bool = False
    when: str | None = None
    to: str | None = None
    value: Constant | None = None
    ask: str | None = None
    clear: bool = False

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        given = (self.to is not None, self.value is not None, self.ask is not None, self.clear)
        # None is no value here: "value: null" would read as "set nothing", which is "clear: true".
        if sum(given) != 1:
            raise ValueError("needs exactly one of to, value, ask and clear")
        return self

    @property
    def columns(self) -> frozenset[str]:
        """The columns that it names outside of ``when``."""
        named = (self.on, self.hosts, self.to)
        return frozenset(name for name in named if name is not None and name not in (OWN, ALL))

    @property
    def condition(self) -> str:
        """``when`` as a template that gives a text where it holds."""
        # A template, and no third language: what "when" may hold is what templates' fence lets
        # through.
        return "yes" if self.when is None else f"{{% if {self.when} %}}yes{{% endif %}}"
