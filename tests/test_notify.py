"""What ``notify`` has to tell, and its words: new things first, names that stay names."""

import base64
import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from functools import cache
from html.parser import HTMLParser
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casaudit.assess import Extras, assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_exports import Patch
from casaudit.engine.example_world import patched
from casaudit.errors import UsageError
from casaudit.findings import Assessment
from casaudit.findings.document import FindingsDocument, read_document
from casaudit.history import Baseline
from casaudit.i18n.languages import Language, language_of, translations
from casaudit.notify.card import MOST, card
from casaudit.notify.document import notification, signature_headers
from casaudit.notify.letter import letter, plain_text
from casaudit.notify.mail import Envelope, envelope, mail
from casaudit.notify.news import News, news
from casaudit.report.json import files
from casaudit.report.phrases import Phrases
from casaudit.shipped import REPORT_TEMPLATES, RULES
from casaudit.text import UNSAFE
from tests.make_docs import DOCS
from tests.support.assessments import many
from tests.support.assessments import sample as article
from tests.support.shipped_rules import judge, sample
from tests.support.situations import SITUATIONS, hostile_twin, plain

ENGLISH = Phrases(Language())
NOW = datetime(2026, 12, 15, 6, tzinfo=UTC)

WORLDS: dict[str, Patch] = {
    "healthy": {},
    "pinned": {"change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}}}},
    "both": {
        "change": {"databases": {name: {"endpoint": "EX1"} for name in ("DB-HO-01", "DB-HO-02")}}
    },
    "then": {
        "change": {"databases": {"DB-HO-02": {"endpoint": "EX1"}, "DB-BR-01": {"endpoint": "EX1"}}}
    },
    "later": {
        "change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}, "DB-BR-01": {"endpoint": "EX2"}}}
    },
    "half": {
        "remove": {"databases": ["DB-BR-01"]},
        "sections": {"databases": "partial"},
        "gaps": [
            {"section": "databases", "subject": "DB-HO-02", "reason": "refused", "detail": "no"}
        ],
    },
}


def document(assessment: Assessment) -> FindingsDocument:
    return read_document(files(assessment)["findings.json"], "findings.json", FindingsDocument)


@cache
def situation(name: str) -> FindingsDocument:
    return document(SITUATIONS[name]())


def edited(found: FindingsDocument, **changes: object) -> FindingsDocument:
    return found.model_copy(update=changes)


def earlier(found: FindingsDocument, days: int = 30) -> FindingsDocument:
    """The same a month before."""
    then = found.as_of - timedelta(days=days)
    return edited(found, as_of=then, collected_at=then)


def where(
    found: FindingsDocument, change: Callable[[Any], Mapping[str, object] | None]
) -> FindingsDocument:
    """The same with results changed; ``None`` takes one out."""
    updates = ((result, change(result)) for result in found.results)
    kept = (r.model_copy(update=dict(u)) for r, u in updates if u is not None)
    return edited(found, results=tuple(kept))


@cache
def judged(world: str, baseline: str = "") -> FindingsDocument:
    """The healthy organisation, edited; compared by the engine itself with another state of it."""
    old = None
    if baseline:
        before = patched(sample(), WORLDS[baseline])
        moment = before.collected_at - timedelta(days=30)
        old = Baseline("old", None, before.model_copy(update={"collected_at": moment}))
    snapshot = patched(sample(), WORLDS[world])
    return document(assess(snapshot, judge(), Question(), wanted=Extras(baseline=old)))


def told(found: News) -> set[tuple[str, str, str]]:
    return {(item.kind.value, item.rule_id, item.subject.name) for item in found.items}


def test_what_is_new_changed_and_fixed_since_an_earlier_run() -> None:
    found = news(judged("later"), earlier(judged("then")))
    assert told(found) == {
        ("new", "CAS-DB-001", "DB-HO-01"),
        ("changed", "CAS-DB-006", "BranchOffice"),
        ("changed", "CAS-DB-006", "HeadOffice"),
        ("changed", "CAS-DB-007", "DB-BR-01"),
        ("fixed", "CAS-DB-001", "DB-HO-02"),
    }
    assert found.items[0].kind.value == "new"
    assert found.open == Counter({"high": 2, "medium": 2})


def test_two_findings_say_what_the_engine_says_of_their_snapshots() -> None:
    assert told(news(judged("later"), earlier(judged("then")))) == told(
        news(judged("later", "then"))
    )


def test_what_may_not_have_been_seen_is_never_called_fixed() -> None:
    apart, engine = news(judged("half"), earlier(judged("then"))), news(judged("half", "then"))
    # With findings alone the careful answer stands where the engine can tell from the evidence.
    fixed = {("fixed", "CAS-DB-001", "DB-HO-02")}
    assert {each for each in told(apart) if each[0] == "fixed"} == fixed
    assert {each for each in told(engine) if each[0] == "fixed"} >= fixed
    assert ("not seen any more", "CAS-DB-007", "DB-BR-01") in told(apart) & told(engine)
    assert [section.section for section in apart.unseen] == ["databases"]


def test_without_an_earlier_run_every_open_failure_is_told_but_no_notice() -> None:
    found = news(judged("pinned"))
    assert told(found) >= {("still open", "CAS-DB-001", "DB-HO-01")}
    assert {kind for kind, *_ in told(found)} == {"still open"}
    assert "CAS-SERVER-003" not in {item.rule_id for item in found.items}
    assert not found.is_quiet
    assert "There is no earlier run to compare with" in plain_text(letter(found, ENGLISH))


def test_a_failure_that_was_waived_at_once_is_no_news_and_a_waiver_that_ended_is() -> None:
    waived = situation("waived")
    (rule,) = {r.rule_id for r in waived.results if r.waiver}
    fixed = where(
        situation("article-a"), lambda r: {"verdict": "pass"} if r.rule_id == rule else {}
    )
    assert rule not in {item.rule_id for item in news(waived, earlier(fixed)).items}
    (ended,) = news(situation("article-a"), earlier(waived)).items
    assert (ended.kind.value, ended.rule_id, ended.detail) == ("changed", rule, "no longer waived")


def _ending(found: FindingsDocument) -> dict[str, object]:
    (use,) = situation("waived").waivers
    return {"waivers": (use.model_copy(update={"days_left": 30}),)}


def _turning(found: FindingsDocument) -> dict[str, object]:
    ahead = situation("ahead").forecast
    assert ahead is not None
    day = (found.as_of + timedelta(days=20)).date()
    turns = tuple(turn.model_copy(update={"on": day}) for turn in ahead.turns)
    return {"forecast": ahead.model_copy(update={"turns": turns})}


def _broken(found: FindingsDocument) -> dict[str, object]:
    first, *others = found.rules
    return {"rules": (first.model_copy(update={"problem": "too big"}), *others)}


TO_BE_TOLD: dict[str, Callable[[FindingsDocument], dict[str, object]]] = {
    "a section was not seen": lambda found: {"coverage": situation("unseen").coverage},
    "a rule failed": _broken,
    "something turns red": _turning,
    "a waiver ends": _ending,
    "nothing was audited": lambda found: {
        "judgement": found.judgement.model_copy(update={"state": "nothing"})
    },
}


@pytest.mark.parametrize("reason", [None, *TO_BE_TOLD])
def test_nothing_is_sent_only_where_nobody_has_to_hear_of_it(reason: str | None) -> None:
    found = situation("article-a")
    now = edited(found, **TO_BE_TOLD[reason](found)) if reason else found
    assert news(now, earlier(found)).is_quiet is (reason is None)


@pytest.mark.parametrize(
    ("then", "problem"),
    [
        (lambda: situation("article-a"), "is not earlier than the findings to tell of"),
        (lambda: earlier(situation("healthy")), "is of another organisation"),
        (lambda: earlier(situation("migration")), "judged for another purpose (profile migration"),
    ],
)
def test_an_earlier_run_that_cannot_be_compared_is_refused(
    then: Callable[[], FindingsDocument], problem: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(problem)):
        news(situation("article-a"), then(), "old.json")


def test_the_message_is_led_by_what_is_new_with_its_objects() -> None:
    found = news(judged("both"), earlier(judged("healthy")))
    written = letter(found, ENGLISH, "https://intranet.example/2026-12")
    assert written.subject == "casaudit Example Corp: 3 new"
    lines = plain_text(written).splitlines()
    assert lines[0].startswith("Not fine: 2 of ")
    place = lines.index("New")
    assert lines[place + 2] == (
        "- High: DB-HO-01, DB-HO-02: Database points at an individual server although its site"
        " has an array (CAS-DB-001), 2 databases"
    )
    assert lines[-1] == "Report: https://intranet.example/2026-12"


def test_the_message_counts_open_failures_as_the_report_does() -> None:
    written = letter(news(situation("article-a")), ENGLISH)
    assert "Open failures: 4 high, 2 medium, 4 low, 2 info." in written.facts
    assert written.subject == "casaudit ESP: 12 open"


def test_the_message_in_german_has_no_english_left_but_names() -> None:
    found = translations((RULES, REPORT_TEMPLATES), "de")
    german = Phrases(language_of("de", found))
    text = plain_text(letter(news(situation("everything")), german, "\\\\files\\r"))
    english = plain_text(letter(news(situation("everything")), ENGLISH, "\\\\files\\r"))
    assert text.startswith("Nicht in Ordnung\n")
    assert "\nNicht mehr gesehen, was keine Reparatur ist\n" in text
    same = set(text.splitlines()) & set(english.splitlines())
    assert same - {""} == set()
    words = r"\b(the|of|with|open|new|fixed|within|days|more|report|not|seen)\b"
    assert re.findall(words, re.sub(r"\S+\.\S+", "", text), re.IGNORECASE) == []


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(f"{tag} {attrs}" if tag == "a" else tag)


def parts(found: News, link: str = "") -> tuple[EmailMessage, str, str]:
    content = mail(letter(found, ENGLISH, link), Envelope("a@x.example", ("b@x.example",)), NOW)
    message = message_from_bytes(content, _class=EmailMessage, policy=default)
    text, page = (message.get_body([kind]) for kind in ("plain", "html"))
    assert text is not None and page is not None
    return message, _lines(text), _lines(page)


def _lines(part: MIMEPart) -> str:
    return "\n".join(part.get_content().splitlines())


HOSTILE_LINK = "javascript:alert(1)//\r\nBcc: x@evil.example<script>"


@pytest.mark.parametrize("link", ["https://intranet.example/r", HOSTILE_LINK])
def test_no_name_becomes_a_header_a_tag_a_link_or_a_key(link: str) -> None:
    hostile, harmless = news(document(hostile_twin())), news(document(plain()))
    (one, text, page), (other, _, same) = parts(hostile, link), parts(harmless, link)
    assert one.keys() == other.keys()
    assert _Tags(page).found == _Tags(same).found
    assert UNSAFE.sub("", text.replace("\n", "")) == text.replace("\n", "")
    assert "\u202e" not in page and "⟦U+202E⟧" in page
    links = re.findall(r"<a [^>]*>", page)
    assert len(links) == (link.startswith("https:"))
    body = json.loads(card(hostile, ENGLISH, link))
    assert shape(body) == shape(json.loads(card(harmless, ENGLISH, link)))
    assert body["attachments"][0]["content"].get("actions", []) == [
        {"type": "Action.OpenUrl", "title": "The report", "url": link}
    ] * link.startswith("https:")


def shape(value: object) -> object:
    """What is left of JSON without the texts that are only shown."""
    match value:
        case dict():
            return {k: shape(v) for k, v in value.items() if k not in ("text", "url")}
        case list():
            return [shape(each) for each in value]
    return value


@settings(max_examples=30)
@given(st.text())
def test_an_organisation_of_any_name_gives_a_mail_of_the_same_headers(name: str) -> None:
    found = news(edited(situation("healthy"), organization=name))
    message, text, _ = parts(found)
    assert len(message["Subject"].splitlines()) == 1
    assert [*message.keys()][:7] == [
        *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
        "X-Auto-Response-Suppress",
    ]
    assert text.startswith("Nothing wrong seen: ")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody", "a@x.example\r\nBcc: b@y.example",
        "A <a@x.example>", "a@x.example,b@y.example",
        "a@x.example>", "<a@x.example", "ä@x.example", "a b@x.example", "a@x.example SIZE=1", "@",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError):
        envelope("a@x.example", (address,))
    with pytest.raises(UsageError):
        envelope(address, ("a@x.example",))


def test_thousands_of_failures_make_a_card_that_teams_takes_and_a_mail_to_read() -> None:
    large = news(document(many(article("article-a"), 400, 5)))
    assert len(large.items) == 2_000
    assert len(card(large, ENGLISH, "https://intranet.example/r")) <= MOST
    assert len(plain_text(letter(large, ENGLISH))) < 10_000
    body = json.loads(notification(large))
    assert (len(body["items"]), body["omitted"]) == (1_000, 1_000)


@pytest.mark.parametrize("name", ["everything", "hostile", "healthy", "nothing judged", "many"])
def test_what_a_webhook_gets_is_as_its_schema_says(name: str) -> None:
    found = document(many(article("article-a"), 20, 1)) if name == "many" else situation(name)
    body = notification(news(found), "https://intranet.example/r")
    assert body.isascii()
    schema = json.loads((DOCS / "notification.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(body), schema)
    assert json.loads(body)["organization"] == found.organization


@pytest.mark.parametrize("secret", ["whsec_" + base64.b64encode(b"k" * 24).decode(), "any words"])
def test_a_signature_is_checked_with_nothing_but_the_secret(secret: str) -> None:
    headers = signature_headers(b"{}", secret, "msg_1", NOW)
    key = b"k" * 24 if secret.startswith("whsec_") else secret.encode()
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed = b"msg_1." + headers["webhook-timestamp"].encode() + b".{}"
    version, _, code = headers["webhook-signature"].partition(",")
    assert version == "v1"
    assert base64.b64decode(code) == hmac.digest(key, signed, hashlib.sha256)


def test_a_secret_that_is_no_base64_is_refused_without_being_shown() -> None:
    with pytest.raises(UsageError) as caught:
        signature_headers(b"{}", "whsec_not base64", "msg_1", NOW)
    assert "not base64" not in f"{caught.value}{caught.value.hint}"
