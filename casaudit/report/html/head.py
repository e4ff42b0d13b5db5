"""The head of the page: style, script, what may run, and the header of every printed page."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from casaudit.findings import Assessment, Severity
from casaudit.i18n.languages import ENGLISH, marked
from casaudit.report.html.markup import csp_hash
from casaudit.report.phrases import Phrases, phrases_of
from casaudit.shipped import REPORT_TEMPLATES
from casaudit.text import visible

SCRIPT_TEXTS = (
    marked("Copy"),
    marked("Copied"),
    marked("Selected"),
    marked("Copy: %(title)s"),
    marked("Filtered: %(shown)s of %(total)s failures shown."),
    marked("In the commands: %(name)s"),
    marked("The commands are for %(shown)s of %(total)s objects: those shown and ticked."),
    marked(
        "%(shown)s of %(total)s objects are shown. The commands are for all of them together:"
        " show all to see them."
    ),
    marked("No object that the commands are for is shown and ticked."),
    marked("Search this table"),
    marked("Search: %(title)s"),
    marked("Save as CSV"),
    marked("Save as CSV: %(title)s"),
    marked("%(shown)s of %(total)s rows shown."),
    marked("open"),
    marked("waived"),
    marked("new"),
    marked("changed"),
    marked("still open"),
)
"""What ``report.js`` says."""


def head_context(assessment: Assessment) -> dict[str, Any]:
    """Return what the template puts into the head of the page."""
    style, script = _shipped("report.css"), _shipped("report.js")
    header, words = _page_header(assessment), _script_words(phrases_of(assessment))
    return {
        # Our own files: an escaped character would change them, and their hashes in the policy.
        "style": Markup(style),
        "script": Markup(script),
        "script_words": words,
        "page_header": Markup(header),
        # Browsers ask no policy about data; the Nu checker counts it as script.
        "policy": _policy((style, header), script, *filter(None, [words])),
    }


def brief_head() -> dict[str, Any]:
    """Return the same for a page without script."""
    style = _shipped("report.css")
    return {"style": Markup(style), "policy": _policy((style,))}


def _script_words(phrases: Phrases) -> Markup:
    """Return what the script says, where that is not English."""
    if phrases.language.name == ENGLISH:
        return Markup("")
    words = {english: phrases.say(english) for english in SCRIPT_TEXTS}
    words |= {each.value: phrases.severities[each] for each in Severity}
    # Inside a script element "</" would end it, and JSON alone does not escape that.
    return htmlsafe_json_dumps(words, ensure_ascii=False)


def _shipped(name: str) -> str:
    # Browsers hash an element with the space at its ends, the Nu checker without: there is none.
    return (REPORT_TEMPLATES / name).read_text(encoding="utf-8").strip()


def _page_header(assessment: Assessment) -> str:
    """Name the report on every printed page; only a style can reach the margin."""
    moment = f"{assessment.collected_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    say, name = assessment.language.say, visible(assessment.organization)
    left = _css_string(say("Client Access audit: %(organization)s", organization=name))
    digest = assessment.snapshot_sha256[:16]
    right = _css_string(say("Snapshot %(moment)s, SHA-256 %(hash)s", moment=moment, hash=digest))
    looks = "font: 8pt system-ui, sans-serif; color: #535c69; width: 50%;"
    return (
        f"@page {{ @top-left {{ content: {left}; {looks} }}"
        f" @top-right {{ content: {right}; {looks} }} }}"
    )


def _css_string(text: str) -> str:
    """Write any text as a CSS string in which nothing but letters and digits stands for itself."""
    # The organisation's name is foreign text: an escape cannot end the string or the style element.
    # Six digits are the most that an escape of CSS has; a shorter one would take a hex digit that
    # follows for its own.
    plain = "".join(
        char if char.isascii() and char.isalnum() else f"\\{ord(char):06X}" for char in text
    )
    return f'"{plain}"'


def _policy(styles: Sequence[str], *scripts: str) -> str:
    """Allow this style and this script by their hashes and nothing else, no network above all."""
    # A hash is that of one whole element, so the style and the page header have one each.
    allowed = " ".join(map(csp_hash, styles))
    run = " ".join(map(csp_hash, scripts)) or "'none'"
    return (
        # No frame-ancestors: browsers ignore it in a policy that stands in a meta element.
        f"default-src 'none'; style-src {allowed}; script-src {run};"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
