"""The rule book in another language: its texts are replaced, its logic and digest stay."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from casaudit.errors import RuleError
from casaudit.findings import EndpointText
from casaudit.i18n.languages import (
    ENGLISH,
    Entry,
    Language,
    entries,
    languages,
    plain,
    speaking,
)
from casaudit.rulebook.rule import Condition, Rule, Rulebook, Shared
from casaudit.rulebook.templates import Wording


def translated(book: Rulebook, language: str, others: Iterable[Path] = ()) -> Rulebook:
    """Return the book with the texts of a language; what has no translation stays English.

    Args:
        book: the rules, in English.
        language: such as ``de``.
        others: folders with more translations, those of the reports.

    Raises:
        RuleError: a file that is no PO file, or a translation that the fence refuses.
    """
    folders = [*book.folders, *others]
    known = tuple(languages(folders))
    name = next((each for each in known if each.casefold() == language.casefold()), None)
    if name is None:
        return replace(book, language=Language(wanted=language, known=known))
    if name == ENGLISH:
        return book
    found = list(entries(folders, name))
    for each in found:
        _check(each)
    said = speaking(name, found)
    texts = (text for rule in book.rules for _, text in texts_of(rule, book.shared))
    lacking = {plain(text) for text in texts if not said.has(text)}
    lacking |= {each.entry.msgid for each in found if not each.translations}
    return replace(
        book,
        rules=tuple(_rule(rule, said) for rule in book.rules),
        shared=_shared(book.shared, said),
        language=replace(said, lacking=frozenset(lacking), known=known),
    )


def texts_of(rule: Rule, shared: Shared) -> Iterator[tuple[str, str]]:
    """Return the texts of a rule that people read in reports: what each is, and its wording."""
    yield "title", rule.title
    yield "message", rule.message
    yield "why", rule.why
    for key in ("not_applicable", "unknown", "adjust"):
        for condition in getattr(rule, key):
            yield key, condition.because
    if rule.endpoint:
        yield "endpoint", rule.endpoint.phrase
        yield "endpoint", rule.endpoint.short
    if rule.headline:
        yield "headline", rule.headline.one
    for effect in rule.remediation.impact:
        yield "impact", shared.effects.get(effect, effect)


def _check(each: Entry) -> None:
    """A translation of a template must be one, and use nothing but what the English one uses."""
    if each.entry.msgctxt:
        return
    wording = Wording()
    try:
        for english in each.english:
            if "{" in english:
                names = set(wording.names(english, each.path))
                for text in each.translations:
                    wording.check(text, names, each.path, commands=False)
            elif any("{{" in text or "{%" in text for text in each.translations):
                raise RuleError(each.path, "the translation has placeholders, the English has none")
    except RuleError as error:
        raise each.refused(error.problem) from None


def _rule(rule: Rule, said: Language) -> Rule:
    changed = {
        key: tuple(_condition(each, said) for each in getattr(rule, key))
        for key in ("not_applicable", "unknown", "adjust")
    }
    card = rule.remediation
    impact = tuple(said.said(each) for each in card.impact)
    return rule.model_copy(
        update={
            **changed,
            **{key: said.said(getattr(rule, key)) for key in ("title", "message", "why")},
            "remediation": card.model_copy(update={"impact": impact}),
            "endpoint": _endpoint(rule.endpoint, said),
        }
    )


def _endpoint(each: EndpointText | None, said: Language) -> EndpointText | None:
    # A headline depends on a number: it is translated where that is known.
    if each is None:
        return None
    return each.model_copy(
        update={"phrase": said.said(each.phrase), "short": said.said(each.short)}
    )


def _condition(each: Condition, said: Language) -> Condition:
    return each.model_copy(update={"because": said.said(each.because)})


def _shared(shared: Shared, said: Language) -> Shared:
    effects = {name: said.said(text) for name, text in shared.effects.items()}
    return shared.model_copy(update={"effects": effects})
