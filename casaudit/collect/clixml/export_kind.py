"""A kind of export: how its objects are told from others, and what is made of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from casaudit.collect.clixml.properties import PropertyReader
from casaudit.collect.clixml.values import Exported
from casaudit.snapshot import Reason, Record, SectionName


@dataclass(frozen=True, slots=True)
class Counted:
    """A mailbox, to be counted and forgotten.

    Attributes:
        group: what it counts for: the name of a database or a domain.
        key: what the same mailbox has in common in two exports; ``None`` when that is not known.
        discovery: whether it is a discovery mailbox.
    """

    section: SectionName
    group: str
    key: str | None
    discovery: bool = False


@dataclass(frozen=True, slots=True)
class MissingEvidence:
    """Something of a kind of evidence that the export lacks."""

    section: SectionName
    reason: Reason
    detail: str


Found: TypeAlias = Record | Counted | MissingEvidence
"""What is made of an object."""

Test: TypeAlias = Callable[[Exported], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of export.

    Attributes:
        stem: what its files are called before ``.xml`` or ``-SERVER.xml``.
        sections: the kinds of evidence that a file of this kind was made for.
        is_one: tells whether an object is of this kind that names no type of Exchange.
        read: makes an object's records.
        types: the types of Exchange whose objects are of this kind, without their name spaces.
        owner: which of an object's properties names the server that it is about, first one first.
        made_there: whether the command runs on the server itself, so that what remoting notes as
            ``PSComputerName`` is the server. Of what a cmdlet of Exchange gives it is the server
            that the shell is connected to, whatever server was asked about.
        may_be_empty: whether an empty list is an answer, and not a command that failed.
        check: says what is wrong with the objects of a file taken together.
    """

    stem: str
    sections: tuple[SectionName, ...]
    is_one: Test
    read: Callable[[PropertyReader], Iterable[Found]]
    types: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    made_there: bool = False
    may_be_empty: bool = False
    check: Callable[[Sequence[Found]], Iterable[MissingEvidence]] = lambda found: ()


def having(*properties: str) -> Test:
    """Tell objects by properties that they have."""
    # PowerShell ignores the case of property names, and so do people who write Select-Object.
    wanted = frozenset(name.lower() for name in properties)
    return lambda item: wanted <= item.properties.keys()


def typed(name: str) -> Test:
    """Tell objects by the end of their type's name, be they live, deserialised or selected."""
    # Remoting puts "Deserialized." in front of a type's name, Select-Object "Selected.".
    end = f".{name.lower()}"
    return lambda item: any(each.lower().endswith(end) for each in item.types)


def either(*tests: Test) -> Test:
    """Tell objects by any of some tests."""
    return lambda item: any(test(item) for test in tests)
