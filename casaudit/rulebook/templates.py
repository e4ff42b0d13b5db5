"""Messages and commands from a verdict's row, by templates that can do little.

Both template environments are fenced: a small part of Jinja2 without calls,
loops or arithmetic. In commands the environment itself turns every value into
a PowerShell literal, so a template cannot forget to.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casaudit.errors import RuleError, nearest
from casaudit.i18n.languages import Language, marked
from casaudit.powershell import Identity, UnsafeValueError, literal
from casaudit.text import visible

_ENGLISH = Language()
# A list of thousands of names ends here in a sentence; the evidence keeps more of it.
MAX_MESSAGE = 2_000
MAX_COMMANDS = 200_000
_PLURAL = "plural"
# Loops, calls, attributes and arithmetic are left out: a pack is text from outside, and a template
# that can call can reach Python's object graph (CVE-2019-10906 and its like).
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Const, nodes.Filter,
)  # fmt: skip


class Phrase(str):
    """A text that the views composed of words: templates compare it, readers see it translated."""

    shown: str

    def __new__(cls, english: str, shown: str) -> "Phrase":
        """Make a phrase of its English wording and what readers see."""
        made = super().__new__(cls, english)
        made.shown = shown
        return made


def shown(value: Any, language: Language = _ENGLISH) -> str:
    """Return any value of a row as text for people."""
    if value is None:
        return language.say("not known")
    # Python's True is no word for people.
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


def _strict(value: Any) -> Any:
    """Identities for a cmdlet that takes names only without blanks and signs."""
    if isinstance(value, list):
        return [_strict(each) for each in value]
    return replace(value, is_strict=True) if isinstance(value, Identity) else value


# Filters see NULL as None and pass it on, so that commands refuse it and sentences say "not known".
def _whole(value: Any) -> Any:
    # Rounded down: int alone would make 0 of -0.5, so that a day ago would be today.
    return None if value is None else int(value // 1)


def _day(value: Any) -> Any:
    return None if value is None else str(value)[:10]


def _plural(language: Language, value: Any, one: str, more: str, *others: str) -> str:
    """The word that is right for a number, or for how many names a list has."""
    if isinstance(value, list | tuple):
        value = len(value)
    # A text is one name; of what is not known there may be any number.
    number = int(value) if isinstance(value, int | float) else 1 if value else 2
    return language.form(number, (one, more, *others))


def _environment(finalize: Any, language: Language = _ENGLISH) -> ImmutableSandboxedEnvironment:
    # An unknown name would print as nothing: a command without its argument. No autoescape: these
    # are texts, and the HTML page escapes what it shows by itself.
    env = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=finalize, autoescape=False, keep_trailing_newline=False
    )
    # Jinja's own names would be allowed by the sandbox: "range(10**9)", "x is defined", "x | map".
    env.globals.clear()
    env.tests.clear()
    env.filters.clear()
    env.filters.update(exact=_exact, whole=_whole, day=_day, strict=_strict)
    env.filters[_PLURAL] = partial(_plural, language)
    return env


_ENVIRONMENTS = {False: _environment(shown), True: _environment(literal)}


@lru_cache(maxsize=8)
def _sentences_in(language: Language) -> ImmutableSandboxedEnvironment:
    return _environment(partial(shown, language=language), language)


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
    # Parsed, not compiled: a book has hundreds of templates, of which one judgement needs few.
    for node in env.parse(template).find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise TemplateSyntaxError(f"{type(node).__name__} is not allowed", node.lineno)
        if isinstance(node, nodes.Filter) and node.name not in env.filters:
            raise TemplateSyntaxError(f"No filter named {node.name!r}.", node.lineno)
        # Called with fewer words it would fail at the first row.
        if isinstance(node, nodes.Filter) and node.name == _PLURAL and len(node.args) < 2:
            raise TemplateSyntaxError("plural needs two words: for one, for several", node.lineno)
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
        # Folded YAML and template tags leave blanks and line breaks behind.
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
            word = min(used - names)
            problem = f"template names unknown column {word!r}{nearest(word, names)}"
            raise RuleError(path, problem)
        return used


def _names(template: str, path: str, *, commands: bool) -> frozenset[str]:
    try:
        return names_in(template, commands=commands)
    except TemplateSyntaxError as error:
        raise RuleError(path, f"template: {error.message}") from None
