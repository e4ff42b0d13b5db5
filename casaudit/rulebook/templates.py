"""Messages and commands from a verdict's row; PowerShell quoting happens here and only here.

Both template environments are fenced: a small part of Jinja2 without calls,
loops or arithmetic. In commands the environment itself turns every value into
a PowerShell literal, so a template cannot forget to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casaudit.errors import RuleError
from casaudit.i18n.languages import Language, marked
from casaudit.text import UNSAFE, visible

_ENGLISH = Language()
MAX_MESSAGE = 2_000
MAX_COMMANDS = 200_000
MAX_LITERAL = 1_024
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Const, nodes.Filter,
)  # fmt: skip
_PLAIN = re.compile(r"[A-Za-z0-9 ._()&-]{1,64}")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_QUOTES = re.compile("['\u2018\u2019\u201a\u201b]")


class UnsafeValueError(Exception):
    """A value that must not be put into a command; says why in the language of the reader."""

    def __init__(self, english: str, **values: str) -> None:
        super().__init__(english % values)
        self._said = english, values

    def in_words(self, language: Language) -> str:
        """Return the problem as a clause."""
        english, values = self._said
        return language.say(english, **values)


class Phrase(str):
    """A text that the views composed of words: templates compare it, readers see it translated."""

    shown: str

    def __new__(cls, english: str, shown: str) -> "Phrase":
        """Make a phrase of its English wording and what readers see."""
        made = super().__new__(cls, english)
        made.shown = shown
        return made


@dataclass(frozen=True, slots=True)
class Identity:
    """An object that a command names: by its name when that is plain, else by its GUID."""

    name: str
    id: str


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
    return f"'{_QUOTES.sub(lambda found: found.group() * 2, text)}'"


def literal(value: Any) -> str:
    """Return any value of a row as PowerShell source.

    Raises:
        UnsafeValueError: the value is not known or must not be put into a command.
    """
    if value is None:
        raise UnsafeValueError(marked("a value that the command needs is not known"))
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Identity):
        return quote(_target(value))
    if isinstance(value, list | tuple):
        return ",".join(literal(each) for each in value) or "@()"
    return quote(str(value))


def _target(identity: Identity) -> str:
    if all(_PLAIN.fullmatch(part) for part in identity.name.split("\\")):
        return identity.name
    if _GUID.fullmatch(identity.id):
        return identity.id.lower()
    problem = marked("%(value)s cannot be named safely in a command")
    raise UnsafeValueError(problem, value=repr(visible(identity.name)))


def shown(value: Any, language: Language = _ENGLISH) -> str:
    """Return any value of a row as text for people."""
    if value is None:
        return language.say("not known")
    if isinstance(value, bool):
        return language.say("yes") if value else language.say("no")
    if isinstance(value, Identity):
        return visible(value.name)
    if isinstance(value, list | tuple):
        return ", ".join(shown(each, language) for each in value) or language.say("none")
    return visible(value.shown if isinstance(value, Phrase) else str(value))


def _exact(value: Any) -> Any:
    """The name of an identity as a value, where a command needs the name and not the object."""
    return value.name if isinstance(value, Identity) else value


def _whole(value: Any) -> Any:
    return None if value is None else int(value // 1)


def _day(value: Any) -> Any:
    return None if value is None else str(value)[:10]


def _environment(finalize: Any) -> ImmutableSandboxedEnvironment:
    env = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=finalize, autoescape=False, keep_trailing_newline=False
    )
    env.globals.clear()
    env.tests.clear()
    env.filters.clear()
    env.filters.update(exact=_exact, whole=_whole, day=_day)
    return env


_ENVIRONMENTS = {False: _environment(shown), True: _environment(literal)}


@lru_cache(maxsize=8)
def _sentences_in(language: Language) -> ImmutableSandboxedEnvironment:
    return _environment(partial(shown, language=language))


@lru_cache(maxsize=4096)
def _compiled(template: str, env: ImmutableSandboxedEnvironment) -> Any:
    return env.from_string(template)


@lru_cache(maxsize=4096)
def names_in(template: str, *, commands: bool = False) -> frozenset[str]:
    """Return the names of a template.

    Raises:
        TemplateSyntaxError: it cannot be read, or uses more than the fence allows.
    """
    env = _ENVIRONMENTS[commands]
    names = set()
    for node in env.parse(template).find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise TemplateSyntaxError(f"{type(node).__name__} is not allowed", node.lineno)
        if isinstance(node, nodes.Filter) and node.name not in env.filters:
            raise TemplateSyntaxError(f"No filter named {node.name!r}.", node.lineno)
        if isinstance(node, nodes.Name):
            names.add(node.name)
    return frozenset(names)


class Wording:
    """The two fenced environments; compiled templates are kept for the next row.

    Args:
        language: of sentences; commands have none.
    """

    def __init__(self, language: Language = _ENGLISH) -> None:
        self._sentences = _sentences_in(language)

    def message(self, template: str, row: Mapping[str, Any]) -> str:
        """Return a sentence for people."""
        text = " ".join(_compiled(template, self._sentences).render(row).split())
        return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"

    def commands(self, template: str, row: Mapping[str, Any]) -> str:
        """Return PowerShell source.

        Raises:
            UnsafeValueError: a value of the row must not be put into a command.
        """
        text: str = _compiled(template, _ENVIRONMENTS[True]).render(row).strip()
        if len(text) > MAX_COMMANDS:
            raise UnsafeValueError(marked("the command would be too long to paste"))
        return text

    def names(self, template: str, path: str) -> frozenset[str]:
        """Return the names that a sentence's template uses, whatever they are."""
        return _names(template, path, commands=False)

    def check(self, template: str, names: set[str], path: str, *, commands: bool) -> frozenset[str]:
        """Refuse a template that uses more than the fence allows, or an unknown column.

        Returns:
            The names that the template uses.
        """
        used = _names(template, path, commands=commands)
        if used - names:
            raise RuleError(path, f"template names unknown column {min(used - names)!r}")
        return used


def _names(template: str, path: str, *, commands: bool) -> frozenset[str]:
    try:
        return names_in(template, commands=commands)
    except TemplateSyntaxError as error:
        raise RuleError(path, f"template: {error.message}") from None
