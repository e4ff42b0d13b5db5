"""Values as PowerShell source: the only place where a command is given a name from outside.

A name in a directory can hold quotes, line ends and characters that act as a key press when a
command is pasted. What cannot be written safely is refused, and the reader told why.
"""

import re
from dataclasses import dataclass
from typing import Any

from casaudit.i18n.languages import Language, marked
from casaudit.text import UNSAFE, visible

# A cn has at most 64 characters and a DNS name 253: what is this long is no name.
MAX_LITERAL = 1_024
# No quotes, wildcards, dashes or spaces beyond ASCII: PowerShell takes en dash and no-break space
# for dash and space. A name that needs care is replaced by its GUID.
_PLAIN = re.compile(r"[A-Za-z0-9 ._()&-]{1,64}")
# *-ClientAccessArray refuses ``-Identity 'Array (Berlin)'``; a name of these alone it takes.
_STRICT = re.compile(r"[A-Za-z0-9._-]{1,64}")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# PowerShell's tokenizer takes each of these for a single quote (CharTraits.IsSingleQuote).
_QUOTES = re.compile("['\u2018\u2019\u201a\u201b]")


class UnsafeValueError(Exception):
    """A value that must not be put into a command; says why in the language of the reader."""

    def __init__(self, english: str, **values: str) -> None:
        super().__init__(english % values)
        self._problem = english, values

    def in_words(self, language: Language) -> str:
        """Return the problem as a clause."""
        english, values = self._problem
        return language.say(english, **values)


@dataclass(frozen=True, slots=True)
class Identity:
    """An object that a command names: by its name when that is plain, else by its GUID.

    Attributes:
        is_strict: for cmdlets that take a name only without blanks and signs, such as those of
            Client Access arrays.
    """

    name: str
    id: str
    is_strict: bool = False


def quote(text: str) -> str:
    """Return a text as one PowerShell single-quoted literal.

    PowerShell takes five characters as a single quote; each is doubled with itself.

    Raises:
        UnsafeValueError: a control character would act as a key press when pasted,
            or the text is too long to be a name.
    """
    if UNSAFE.search(text):
        problem = marked("%(value)s contains a control character")
        raise UnsafeValueError(problem, value=repr(visible(text)))
    if len(text) > MAX_LITERAL:
        problem = marked("a value is longer than %(number)s characters")
        raise UnsafeValueError(problem, number=str(MAX_LITERAL))
    # Each with itself, since the tokenizer keeps the second one of a pair, whichever it is.
    # PowerShell 2.0 has no function for it (EscapeSingleQuotedStringContent came later).
    return f"'{_QUOTES.sub(lambda found: found.group() * 2, text)}'"


def literal(value: Any) -> str:
    """Return any value of a row as PowerShell source.

    Raises:
        UnsafeValueError: the value is not known or must not be put into a command.
    """
    if value is None:
        raise UnsafeValueError(marked("a value that the command needs is not known"))
    # Before int: a bool is one in Python, and would be written True, which is no PowerShell.
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Identity):
        return quote(_target(value))
    # Nothing at all would leave the parameter without its argument; @() is the empty list.
    if isinstance(value, list | tuple):
        return ",".join(literal(each) for each in value) or "@()"
    return quote(str(value))


def _target(identity: Identity) -> str:
    # The backslash of SERVER\EWS (Default Web Site) is Exchange's: the parts are judged one by one.
    plain = _STRICT if identity.is_strict else _PLAIN
    if all(plain.fullmatch(part) for part in identity.name.split("\\")):
        return identity.name
    if _GUID.fullmatch(identity.id):
        return identity.id.lower()
    problem = marked("%(value)s cannot be named safely in a command")
    raise UnsafeValueError(problem, value=repr(visible(identity.name)))
