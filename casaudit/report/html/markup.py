"""Data meets markup here: every value is escaped, its hidden characters made visible.

The environment does so, and not the templates, so that none of them can forget to. What a
template says by itself is said in the language of the report.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from casaudit.findings import Severity, Verdict
from casaudit.i18n.languages import Language, plain
from casaudit.report.html.cards import anchor
from casaudit.report.html.divided import commands, divided_commands
from casaudit.report.phrases import Phrases
from casaudit.shipped import REPORT_TEMPLATES
from casaudit.text import iso, visible

_SHORT, _LONG = 28, 60


@lru_cache(maxsize=8)
def environment(language: Language) -> Environment:
    """Return what renders the templates in a language."""
    # Compiled templates are kept with it, so that each language compiles them once.
    made = Environment(
        loader=FileSystemLoader(REPORT_TEMPLATES),
        # For every template: select_autoescape() goes by the ending, and .j2 is none that it knows.
        autoescape=True,
        # By default jinja2 writes nothing at all for a name that it does not know.
        undefined=StrictUndefined,
        # Runs for every value that a template prints, so that no template can forget it.
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        bdi=_bdi,
        moment=_moment,
        anchor=anchor,
        link=_link,
        commands=commands,
        divided=divided_commands,
        number=language.number,
        first_said=partial(_first_sentence, language),
        said=partial(_marked, language),
    )
    made.globals.update(words=Phrases(language), Severity=Severity, Verdict=Verdict)
    made.globals.update(_=partial(_sentence, language), many=partial(_counted, language))
    return made


def _marked(language: Language, text: str) -> str:
    """Mark a text of a rule that stayed English, so that it is read out as such."""
    if plain(text) not in language.lacking:
        return text
    return Markup('<span lang="en">{}</span>').format(visible(text))


def _first_sentence(language: Language, text: str) -> str:
    """Return the first sentence of a text of a rule, marked where the text stayed English."""
    first = _END.split(text, maxsplit=1)[0]
    is_english = plain(text) in language.lacking
    return Markup('<span lang="en">{}</span>').format(visible(first)) if is_english else first


# Behind a word of four letters or more: "e.g. ", "z. B. " and "bzw. " end no sentence.
_END = re.compile(r"(?<=[\w)]{3}[.!?])\s+")


def _sentence(language: Language, english: str, **values: Any) -> Markup:
    """Return a sentence of a template in the language of the report."""
    return _filled(language.say(english), values)


def _counted(language: Language, one: str, more: str, number: int, **values: Any) -> Markup:
    """Return the sentence of a template that is right for a number."""
    text = language.plural(one, more, number)
    return _filled(text, {"number": language.number(number), **values})


def _filled(text: str, values: Mapping[str, Any]) -> Markup:
    """Fill values into a text; neither a translation nor a value becomes markup."""
    for character, reference in _REFERENCES.items():
        text = text.replace(character, reference)
    # Markup escapes what % fills in, unless it is Markup itself.
    shown = {name: _shown(value) for name, value in values.items()}
    return Markup(text) % shown if shown else Markup(text)


# The ampersand first, else it would be escaped again in the references of the others.
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _bdi(value: str, identity: str | None = None) -> Markup:
    """Isolate foreign text, so that its direction cannot reorder what stands beside it."""
    text = escape(visible(value))
    own = f' id="{escape(identity)}"' if identity else ""
    if len(text) > _LONG:
        return Markup(f'<bdi{own} class="long">{text}</bdi>')
    # Long DNS names may break behind a dot, else they widen the table.
    # Markup escapes what it is given, so the tag has to be Markup as well.
    shown = text.replace(".", Markup(".<wbr>")) if len(text) > _SHORT else text
    return Markup(f"<bdi{own}>{shown}</bdi>")


def _moment(value: datetime) -> Markup:
    shape = '<time datetime="{}">{:%Y-%m-%d %H:%M} UTC</time>'
    return Markup(shape).format(iso(value), value.astimezone(UTC))


def _link(url: str | None) -> str | None:
    """Return an address that may become a link: published ones only."""
    # A rule of a pack may state any address; "javascript:" must never become a link.
    return url if url and url.startswith("https://") else None


def csp_hash(text: str) -> str:
    """Return what a content security policy says of a style or script inside the page."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
