"""Languages are files: complete or visibly not, inside the fence, without effect on verdicts."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import polib
import pytest

from casaudit import shipped
from casaudit.assess import assess
from casaudit.cli.languages import catalogs
from casaudit.engine.evaluate import Question
from casaudit.engine.examples import example_findings
from casaudit.errors import RuleError
from casaudit.findings import Assessment
from casaudit.i18n.catalog import messages
from casaudit.i18n.languages import Language, languages, plain
from casaudit.report import FORMATS, pack
from casaudit.report.html.head import SCRIPT_TEXTS
from casaudit.rulebook.reading import read_rulebook
from casaudit.rulebook.rule import Rulebook
from casaudit.rulebook.translate import translated
from casaudit.snapshot import loads
from tests.make_samples import german_report, report_files
from tests.support import pseudo
from tests.support.running import casaudit
from tests.support.shipped_rules import book, sample
from tests.support.situations import compared, unseen, waived

PHRASED = {
    *("CAS-DNS-010", "CAS-ARRAY-011", "CAS-CERT-009", "CAS-CERT-013", "CAS-DB-004", "CAS-DB-005"),
    *("CAS-MIGRATE-002", "CAS-SCP-002", "CAS-SERVER-005", "CAS-SERVER-006", "CAS-URL-001"),
    *("CAS-META-001", "CAS-META-002"),
}
"""Rules that say what the views composed."""
TITLE = "Database points at an individual server although its site has an array"
HOMES = (shipped.RULES, shipped.REPORT_TEMPLATES)


@cache
def german() -> Rulebook:
    return translated(book(), "de", [shipped.REPORT_TEMPLATES])


def judged(by: Rulebook, name: str = "article-a", **asked: Any) -> Assessment:
    path = shipped.SAMPLES / name / "snapshot.json"
    return assess(loads(path.read_bytes(), name), by, Question(**asked))


def page(assessment: Assessment) -> str:
    return FORMATS["html"](assessment)["report.html"].decode()


def spoken(folder: Path, *entries: polib.POEntry, name: str = "xx") -> Rulebook:
    """The shipped rules with a language of a few entries."""
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    made.extend(entries)
    made.save(str(folder / f"{name}.po"))
    return translated(book(), name, [folder])


def entry(english: str, translation: str, context: str | None = None) -> polib.POEntry:
    return polib.POEntry(msgid=plain(english), msgstr=translation, msgctxt=context)


def message(rule_id: str) -> str:
    rule = book().rule(rule_id)
    assert rule is not None
    return rule.message


def test_the_german_files_are_current() -> None:
    """Run ``casaudit rules languages`` when a text was changed."""
    for path, made in catalogs("de").items():
        assert messages(polib.pofile(str(path), encoding="utf-8")) == messages(made), path


def test_german_is_complete() -> None:
    missing = {
        path.relative_to(path.parent.parent).as_posix(): [each.msgid for each in lacking]
        for path, made in catalogs("de").items()
        if (lacking := made.untranslated_entries())
    }
    assert missing == {}


def test_the_german_report_is_shipped(golden: Callable[[str, bytes], None]) -> None:
    golden("article-a/report.de.html", german_report("article-a")["report.de.html"])


def test_english_and_german_ship() -> None:
    assert languages(HOMES) == ["en", "de"]


def test_german_passes_the_fence_and_keeps_every_placeholder() -> None:
    assert german().language.name == "de"


def test_letter_case_of_a_language_makes_no_difference(tmp_path: Path) -> None:
    spoken(tmp_path, entry(TITLE, "Um título"), name="pt_BR")
    assert translated(book(), "PT_br", [tmp_path]).language.name == "pt_BR"


def test_a_form_of_a_plural_may_leave_the_number_out(tmp_path: Path) -> None:
    made = polib.POEntry(msgid="%(number)s day", msgid_plural="%(number)s days")
    made.msgstr_plural = {0: "ein Tag", 1: "%(number)s Tage"}
    said = spoken(tmp_path, made).language
    found = [said.many("%(number)s day", "%(number)s days", number) for number in (1, 2000)]
    assert found == ["ein Tag", "2,000 Tage"]


def test_plural_rules_that_cannot_be_are_refused(tmp_path: Path) -> None:
    header = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=__import__(1);\\n"\n\n'
    text = f'{header}msgid "yes"\nmsgstr "sim"\n'
    (tmp_path / "xx.po").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match="Plural-Forms"):
        translated(book(), "xx", [tmp_path])


def test_a_translation_changes_no_verdict_and_no_digest() -> None:
    english, other = judged(book()), judged(german())
    assert other.rules_sha256 == english.rules_sha256
    assert [(f.fingerprint, f.verdict, f.severity, f.cause) for f in other.findings] == [
        (f.fingerprint, f.verdict, f.severity, f.cause) for f in english.findings
    ]
    assert [f.evidence for f in other.findings] == [f.evidence for f in english.findings]
    assert [c.remediation.fix for c in other.causes] == [c.remediation.fix for c in english.causes]


def test_a_translated_message_may_move_placeholders(tmp_path: Path) -> None:
    template = "{{ rpc_client_access_server }} <- {{ name }}{% if mailbox_count %}!{% endif %}"
    found = judged(spoken(tmp_path, entry(message("CAS-DB-001"), template)))
    said = {f.message for f in found.failures if f.rule.id == "CAS-DB-001"}
    assert "HO-EX2010-MB1.exchangeserverpro.net <- MB-HO-01" in said


@pytest.mark.parametrize(
    ("translation", "problem"),
    [
        ("{{ name }} {{ fqdn }}", "unknown column 'fqdn'"),
        ("{% for x in name %}{{ x }}{% endfor %}", "For is not allowed"),
        ("{{ name.upper() }}", "Call is not allowed"),
        ("{{ name", "template"),
    ],
)
def test_a_translation_is_held_by_the_fence(tmp_path: Path, translation: str, problem: str) -> None:
    with pytest.raises(RuleError, match=problem) as refused:
        spoken(tmp_path, entry(message("CAS-DB-001"), translation))
    assert (refused.value.path, refused.value.line) == (str(tmp_path / "xx.po"), 5)


def test_a_text_without_placeholders_gets_none(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="the English has none"):
        spoken(tmp_path, entry(TITLE, "{{ name }}"))


@pytest.mark.parametrize("translation", ["ohne", "%(names)d", "%(names)s %(more)s", "%(names)s 5%"])
def test_a_sentence_keeps_its_placeholders(tmp_path: Path, translation: str) -> None:
    with pytest.raises(RuleError, match=r"xx\.po:5"):
        spoken(tmp_path, entry("not known: %(names)s", translation))


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "xx.po").write_text('msgid "a"\nmsgstr "b"\nnonsense\n', encoding="utf-8")
    with pytest.raises(RuleError) as refused:
        translated(book(), "xx", [tmp_path])
    assert (refused.value.path, refused.value.line) == (str(tmp_path / "xx.po"), 3)


def test_a_pack_brings_its_own_translations(tmp_path: Path) -> None:
    rule = shipped.RULES / "meta" / "CAS-META-002.yaml"
    text = rule.read_text(encoding="utf-8").replace("CAS-META-002", "OWN-META-001")
    text = re.sub(r"(?m)^title: .*$", "title: A title of a pack", text)
    (tmp_path / "OWN-META-001.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "deep").mkdir()
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    made.append(entry("A title of a pack", "Ein Titel eines Pakets"))
    made.append(entry(TITLE, "überschrieben"))
    made.save(str(tmp_path / "deep" / "de.po"))
    found = translated(read_rulebook(shipped.RULES, [tmp_path]), "de")
    titles = {rule.id: rule.title for rule in found.rules}
    assert titles["OWN-META-001"] == "Ein Titel eines Pakets"
    assert titles["CAS-DB-001"] not in (TITLE, "überschrieben")


def test_what_has_no_translation_stays_english_and_is_told(tmp_path: Path) -> None:
    found = judged(spoken(tmp_path, entry(TITLE, "Titel in xx")))
    html = page(found)
    assert "Titel in xx" in html
    assert message("CAS-DB-002").split("{")[0].strip() not in found.language.lacking
    assert f"{len(found.language.lacking):,} texts are not translated" in html
    why = next(rule.why for rule in book().rules if rule.id == "CAS-DB-001")
    assert plain(why) in found.language.lacking


def test_an_unknown_language_falls_back_visibly(tmp_path: Path) -> None:
    done = casaudit("demo", "--language", "fr", "-o", tmp_path)
    assert done.returncode == 0
    assert "--language fr: there is no such language, only en, de; using en" in done.stderr
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in html
    assert "There are no texts in the language fr, only in: en, de." in html


def test_only_the_report_for_people_speaks_german(tmp_path: Path) -> None:
    assert casaudit("demo", "--language", "de", "-o", tmp_path).returncode == 0
    assert '<html lang="de">' in (tmp_path / "report.html").read_text(encoding="utf-8")
    english = report_files("article-a")
    del english["report.html"]
    assert {name: (tmp_path / name).read_bytes() for name in english} == english


def test_the_readme_of_a_pack_says_in_german_what_it_says_in_english() -> None:
    assessment = judged(book())
    english, other = (
        pack.files(assessment, pack.Options(language=each))["pack/README.txt"].decode("utf-8-sig")
        for each in (Language(), translated(book(), "de", [shipped.REPORT_TEMPLATES]).language)
    )
    facts = r"[0-9a-f]{64}|\w[\w-]+\.(?:csv|json|xlsx)|--[a-z][a-z-]+|\d+"
    assert other.startswith("PRÜFERPAKET")
    assert {*re.findall(facts, other)} == {*re.findall(facts, english.replace(",", ""))}
    assert max(map(len, other.splitlines())) <= max(map(len, english.splitlines()))


@pytest.mark.parametrize(
    ("column", "english", "told"),
    [
        ("users", "eas InternalUrl of EX3 and 1 more", "eas InternalUrl von EX3 (und 1 mehr)"),
        ("users", "Autodiscover of mail domain a.de", "Autodiscover der E-Mail-Domäne a.de"),
        ("kind", "AD object", "AD-Objekt"),
        ("name", "AD object", "AD object"),
        ("faults", "… and 12 more", "… und 12 mehr"),
        ("required", "SP3 (14.3) or later", "SP3 (14.3) oder neuer"),
    ],
)
def test_phrases_of_the_views_are_translated_in_their_column(
    column: str, english: str, told: str
) -> None:
    assert german().language.value(column, english) == told


def test_numbers_have_the_separators_of_the_language() -> None:
    assert Language().number(1234567) == "1,234,567"
    assert german().language.number(1234567) == "1.234.567"


def test_the_script_says_only_what_it_declares() -> None:
    script = (shipped.REPORT_TEMPLATES / "report.js").read_text(encoding="utf-8")
    assert set(re.findall(r'say\("([^"]+)"', script)) <= set(SCRIPT_TEXTS)


@pytest.fixture(scope="module")
def in_brackets(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """The shipped rules in a language of brackets."""
    return pseudo.book(tmp_path_factory.mktemp("brackets"))


@pytest.mark.parametrize(
    ("name", "asked"),
    [("article-a", {"profile": "migration", "target": "2019"}), ("healthy", {})],
    ids=["article-a", "healthy"],
)
def test_every_text_of_the_report_is_marked(
    in_brackets: Rulebook, name: str, asked: dict[str, str]
) -> None:
    """Whatever stands outside of brackets comes from the evidence."""
    assert in_brackets.language.lacking == frozenset()
    found = judged(in_brackets, name, **asked)
    known = pseudo.words_of([sample(name), pseudo.quoted(found)])
    assert pseudo.unmarked(page(found), known) == {}


def test_waivers_changes_and_gaps_are_marked(in_brackets: Rulebook) -> None:
    found = compared(waived(unseen(judged(in_brackets))))
    known = pseudo.words_of([sample("article-a"), pseudo.quoted(found), found.waivers[0].waiver])
    told = pseudo.words_of("ends soon, it differs, MB-GONE, MB-HIDDEN")
    assert pseudo.unmarked(page(found), {*known, *told}) == {}


@pytest.mark.slow
def test_every_example_of_a_rule_speaks_in_brackets(in_brackets: Rulebook) -> None:
    """Messages and reasons are whole translations, and so are the phrases in them."""
    rules = [rule for rule in in_brackets.rules if rule.id in PHRASED]
    said = [
        text
        for rule in rules
        for example in rule.examples
        if example.expect.says
        for found in example_findings(in_brackets, sample(), rule, example)
        for text in (found.message, found.reason, found.severity_reason)
        if text
    ]
    assert said
    assert [text for text in said if pseudo.outside(text).strip()] == []
