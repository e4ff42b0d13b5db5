"""Numbers and lists in what rules say: one database points, two databases point."""

import re
from functools import cache

import polib
import pytest

from casaudit.errors import RuleError
from casaudit.i18n.languages import Language, Translation, language_of
from casaudit.rulebook.rule import Rule, Rulebook
from casaudit.rulebook.templates import Wording
from casaudit.rulebook.translate import texts_of, translated
from tests.support.shipped_rules import book, runs

RULES = book().rules
NOUNS = {
    "en": {
        "database": "databases", "mailbox": "mailboxes", "server": "servers", "copy": "copies",
        "address": "addresses", "URL": "URLs", "reference": "references", "node": "nodes",
        "day": "days", "site": "sites", "host": "hosts", "endpoint": "endpoints",
        "array": "arrays", "certificate": "certificates", "member": "members",
    },
    "de": {
        "Datenbank": "Datenbanken", "Postfach": "Postfächern?", "Kopie": "Kopien", "Tag": "Tagen?",
        "Adresse": "Adressen", "URL": "URLs", "Verweis": "Verweise", "Standort": "Standorten?",
        "Host": "Hosts", "Endpunkt": "Endpunkten?", "Array": "Arrays", "Zertifikat": "Zertifikate",
    },
}  # fmt: skip
BETWEEN = r"(?:Exchange 2010 |Client Access |Autodiscover |Autodiscover-|different )?"
ALIKE = {"Server", "Clientzugriffsserver", "Knoten"}
"""German nouns that are the same for one and for several."""
SEVERAL = {
    ("CAS-ARRAY-002", "seen_array_count"), ("CAS-DB-006", "endpoint_count"),
    ("CAS-DB-006", "seen_database_count"), ("CAS-DNS-009", "array_site_count"),
    ("CAS-META-001", "snapshot_age_days"), ("CAS-SCP-001", "host_count"),
}  # fmt: skip
"""Counts that are more than one wherever the rule shows them."""
VERBS = "are|belong|carry|depend|do|get|has|have|is|lack|lacks|need|point|run|serve|serves|use"
_NUMBER = re.compile(r"\{\{ (\w+_count(?:_2010)?|days_left|\w+_days)(?: \| whole)? \}\} (?=(.*))")


def miscounted(text: str, language: str) -> list[str]:
    """Return where a text says "1 databases" or "2 database"."""
    one, more = "|".join(NOUNS[language]), "|".join(NOUNS[language].values())
    alone = r"(?<![\w.:/,-])"
    # "Exchange 2010 server" names a version.
    several = r"(?!(?:19|20)\d\d )(?:0|[2-9]|[1-9]\d+)"
    patterns = (rf"{alone}1 {BETWEEN}(?:{more})\b", rf"{alone}{several} {BETWEEN}(?:{one})\b")
    return [found.group() for pattern in patterns for found in re.finditer(pattern, text)]


@cache
def german() -> Rulebook:
    return translated(book(), "de")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_example_is_told_in_a_wrong_number(rule: Rule) -> None:
    translation = german().rule(rule.id)
    assert translation is not None
    wording = Wording(german().language)
    for run in (run for each in runs(rule.id) for run in each):
        for finding, row in run.failed:
            assert miscounted(finding.message or "", "en") == []
            told = wording.message(translation.message, run.context(row))
            assert miscounted(told, "de") == []
        for finding in run.findings:
            assert miscounted(finding.reason or "", "en") == []


@pytest.mark.parametrize("text", ["has 1 databases", "of 1 Exchange 2010 servers", "in 12 site"])
def test_a_wrong_number_would_be_noticed(text: str) -> None:
    assert miscounted(text, "en") != []
    assert miscounted("hat 1 Datenbanken und 2 Postfach", "de") == ["1 Datenbanken", "2 Postfach"]
    assert miscounted("Exchange 2010 database on EX1 servers, 1 day, 2 days", "en") == []


def templates(rules: Rulebook) -> list[tuple[str, str]]:
    return [
        (rule.id, " ".join(text.split()))
        for rule in rules.rules
        for _, text in texts_of(rule, rules.shared)
    ]


def unbent(rule_id: str, text: str) -> list[str]:
    """Return the numbers of a template whose noun does not follow them."""
    found = []
    for each in _NUMBER.finditer(text):
        column, rest = each.groups()
        before = re.split(r"[.,;:(]|\{%", rest.split(f"{{{{ {column}")[0])[0].strip()
        follows = re.match(rf"[^.,;:(%]*?\{{\{{ {column}(?: \| whole)? \| plural\(", rest)
        is_alike = before.split("-")[-1] in ALIKE or before.split(" ")[0] in ALIKE
        if before and not follows and not is_alike and (rule_id, column) not in SEVERAL:
            found.append(f"{rule_id}: {column} {before}")
    return found


def test_in_each_template_the_noun_follows_its_number() -> None:
    for rules in (book(), german()):
        assert [each for id_, text in templates(rules) for each in unbent(id_, text)] == []
    assert unbent("X", "has {{ n_count }} databases.") == ["X: n_count databases"]


def test_in_each_template_the_verb_follows_its_list() -> None:
    types = {c.name: c.type for view in book().views for c in view.columns}
    stiff = [
        f"{rule_id}: {column} {verb}"
        for rule_id, text in templates(book())
        for column, verb in re.findall(rf"(?<!of )\{{\{{ (\w+) \}}\}} ({VERBS})\b", text)
        if types.get(column) in ("list", "identities")
    ]
    assert stiff == []


def test_a_word_follows_a_number_a_list_and_what_is_not_known() -> None:
    template = "{{ n }} {{ n | plural('database is', 'databases are') }} here"
    said = {
        str(value): Wording().message(template, {"n": value})
        for value in (0, 1, 2, 1.0, [], ["DB1"], ["DB1", "DB2"], "DB1", None)
    }
    assert said == {
        "0": "0 databases are here",
        "1": "1 database is here",
        "2": "2 databases are here",
        "1.0": "1.0 database is here",
        "[]": "none databases are here",
        "['DB1']": "DB1 database is here",
        "['DB1', 'DB2']": "DB1, DB2 databases are here",
        "DB1": "DB1 database is here",
        "None": "not known databases are here",
    }


def test_a_language_has_as_many_words_as_it_has_forms() -> None:
    polish = (
        "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    )
    language = with_plurals(polish)
    words = "{{ n | plural('baza', 'bazy', 'baz') }}"
    said = [Wording(language).message(words, {"n": n}) for n in (1, 3, 5, 12, 22)]
    assert said == ["baza", "bazy", "baz", "baz", "bazy"]
    # A text without a translation stays English, with its two words.
    assert Wording(language).message("{{ n | plural('one', 'more') }}", {"n": 5}) == "more"


def with_plurals(rule: str) -> Language:
    """A language of which no more is known than its rule for plurals."""
    entry = polib.POEntry(msgid="database", msgstr="baza")
    return language_of("pl", [Translation(entry, "pl.po", rule)])


@pytest.mark.parametrize("words", ["", "()", "('database')"])
def test_one_word_is_refused_before_anything_is_judged(words: str) -> None:
    with pytest.raises(RuleError, match="plural needs two words"):
        Wording().names(f"{{{{ n | plural{words} }}}}", "pack/X-001.yaml")
