"""The rule book in another language: its texts are replaced, its logic and digest stay."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from casaudit.errors import RuleError
from casaudit.findings import EndpointText
from casaudit.i18n.languages import (
    ENGLISH,
    Language,
    Translation,
    language_of,
    languages,
    plain,
    translations,
)
from casaudit.rulebook.rule import Condition, Rule, Rulebook, SharedFile
from casaudit.rulebook.templates import Wording

_SENTENCES = ("title", "requirement", "message", "why")


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
    # Weblate and browsers write "pt_BR", "pt_br" or "PT-br"; a file system may tell them apart.
    name = next((each for each in known if each.casefold() == language.casefold()), None)
    if name is None:
        return replace(book, language=Language(wanted=language, known=known))
    if name == ENGLISH:
        return book
    found = list(translations(folders, name))
    for each in found:
        _check(each)
    target = language_of(name, found)
    texts = (text for rule in book.rules for _, text in texts_of(rule, book.shared))
    lacking = {plain(text) for text in texts if not target.has(text)}
    # Texts of the reports are no part of the book; their files say what is not translated.
    lacking |= {each.entry.msgid for each in found if not each.wordings}
    return replace(
        book,
        rules=tuple(_rule(rule, target) for rule in book.rules),
        shared=_shared(book.shared, target),
        language=replace(target, lacking=frozenset(lacking), known=known),
    )


def texts_of(rule: Rule, shared: SharedFile) -> Iterator[tuple[str, str]]:
    """Return the texts of a rule that people read in reports: what each is, and its wording."""
    for key in _SENTENCES:
        yield key, getattr(rule, key)
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


def _check(each: Translation) -> None:
    """A translation of a template must be one, and use nothing but what the English one uses."""
    if each.entry.msgctxt:  # a value or phrase of a column, never a template
        return
    wording = Wording()
    try:
        for english in each.english:
            if "{" in english:
                # Whatever the English one names: engine.check holds that to the rule's columns.
                names = set(wording.names(english, each.path))
                for text in each.wordings:
                    wording.check(text, names, each.path, commands=False)
            elif any("{{" in text or "{%" in text for text in each.wordings):
                raise RuleError(each.path, "the translation has placeholders, the English has none")
    except RuleError as error:
        raise each.refused(error.problem) from None


# Subject, conditions, commands and ids stay: a translation must not be able to change a verdict.
def _rule(rule: Rule, target: Language) -> Rule:
    changed = {
        key: tuple(_condition(each, target) for each in getattr(rule, key))
        for key in ("not_applicable", "unknown", "adjust")
    }
    card = rule.remediation
    impact = tuple(target.translate(each) for each in card.impact)
    return rule.model_copy(
        update={
            **changed,
            **{key: target.translate(getattr(rule, key)) for key in _SENTENCES},
            "remediation": card.model_copy(update={"impact": impact}),
            "endpoint": _endpoint(rule.endpoint, target),
        }
    )


def _endpoint(each: EndpointText | None, target: Language) -> EndpointText | None:
    # A headline depends on a number: it is translated where that is known.
    if each is None:
        return None
    return each.model_copy(
        update={"phrase": target.translate(each.phrase), "short": target.translate(each.short)}
    )


def _condition(each: Condition, target: Language) -> Condition:
    return each.model_copy(update={"because": target.translate(each.because)})


def _shared(shared: SharedFile, target: Language) -> SharedFile:
    effects = {name: target.translate(text) for name, text in shared.effects.items()}
    return shared.model_copy(update={"effects": effects})
