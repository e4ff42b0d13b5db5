"""Masking: the same findings, and no name left."""

import ipaddress
import itertools
import json
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from casaudit import snapshot as room
from casaudit.cli import app
from casaudit.dn import name as dn_name
from casaudit.dn import rdns
from casaudit.engine.certificate_chains import signed_by
from casaudit.engine.evaluate import Question, findings_of
from casaudit.engine.example_world import patched
from casaudit.engine.examples import question_of
from casaudit.engine.functions import is_private_address
from casaudit.errors import SourceError, UsageError
from casaudit.findings import Finding
from casaudit.mask import KeyFile, Masked, fields, keyfile, mask
from casaudit.mask.addresses import Addresses
from casaudit.mask.protocol import CLOUD, IDS, SUFFIXES, WORDS
from casaudit.mask.secret import Secret
from casaudit.mask.texts import Texts
from casaudit.names import host, norm
from casaudit.rulebook.rule import Example, Rule
from casaudit.rulebook.statements import views_behind
from casaudit.shipped import SAMPLES
from casaudit.snapshot import Record, Snapshot, dumps, loads
from tests.support import shipped_rules
from tests.support.organisations import ORGANISATIONS
from tests.support.running import casaudit, results
from tests.support.scale import large_snapshot

KEY = KeyFile(schema="casaudit/mask-key/1", key="5e" * 32, words={}, names={})
SECRET = Secret(bytes.fromhex(KEY.key))
TRICKY = ("CAS-CERT-005", "CAS-SITE-002")
EXAMPLES = [
    (rule, example)
    for number, (rule, example) in enumerate(
        (rule, example) for rule in shipped_rules.book().rules for example in rule.examples
    )
    if (number % 32 == 0 or rule.id in TRICKY) and "settings" not in example.given
]
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
WORD = re.compile(r"[\w-]{4,}")


@cache
def sample(name: str) -> Snapshot:
    return loads((SAMPLES / name / "snapshot.json").read_bytes(), name)


@cache
def masked(name: str) -> Masked:
    return mask(sample(name), KEY, public_roots())


def public_roots() -> list[str]:
    return [str(row["subject"]) for row in shipped_rules.book().data["public_roots"]]


def judged(finding: Finding, hidden: Masked | None = None) -> tuple[str, ...]:
    """What has to be the same; of an original with its object as it is after the mask."""
    subject, site = finding.subject, finding.subject.site
    key = subject.id
    if hidden is not None and subject.kind != "collection":
        key = hidden.texts.replaced(key)
        site = site and hidden.texts.replaced(site)
    said = (finding.verdict.value, finding.severity.value, finding.severity_reason or "")
    return (finding.rule.id, *said, subject.kind, key, site or "")


def texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Record):
        for name in type(value).model_fields:
            yield from texts(getattr(value, name), f"{type(value).__name__}.{name}")
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each, place)
    elif isinstance(value, str) and not isinstance(value, Enum):
        yield place, value


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_a_masked_sample_gives_the_same_findings(name: str) -> None:
    hidden = masked(name)
    before = shipped_rules.judge().verdicts(sample(name), Question())
    after = shipped_rules.judge().verdicts(hidden.snapshot, Question())
    assert Counter(judged(f) for f in after) == Counter(judged(f, hidden) for f in before)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "example"), EXAMPLES, ids=[f"{rule.id}: {each.name}" for rule, each in EXAMPLES]
)
def test_a_masked_example_gives_the_same_findings(rule: Rule, example: Example) -> None:
    snapshot = patched(shipped_rules.sample(), example.given)
    hidden = mask(snapshot, KEY, public_roots())
    book = shipped_rules.book()
    alone = replace(book, rules=(rule,), views=views_behind(rule, book.views))
    question = question_of(rule, example.given)
    before = findings_of(snapshot, alone, question)
    after = findings_of(hidden.snapshot, alone, question)
    assert Counter(judged(f) for f in after) == Counter(judged(f, hidden) for f in before)


def own_words(snapshot: Snapshot) -> set[str]:
    """The words of four letters or more that are an organisation's own."""
    found = set()
    for place, text in texts(snapshot):
        if place not in {*fields.KEPT, fields.DER} and not place.endswith(".unread"):
            found |= {word.lower() for word in WORD.findall(GUID.sub(" ", text))}
    numbers = {word for word in found if not re.search(r"[^\W\d_]", word)}
    return found - WORDS - SUFFIXES - CLOUD.keys() - numbers


@pytest.mark.parametrize("name", [*ORGANISATIONS, "large"])
def test_no_name_word_address_hash_or_id_is_left(name: str) -> None:
    snapshot = large_snapshot(100) if name == "large" else sample(name)
    hidden = mask(snapshot, KEY, public_roots())
    told = [text for place, text in texts(hidden.snapshot) if place not in fields.KEPT]
    left = {word.lower() for text in told for word in WORD.findall(text)}
    assert not own_words(snapshot) & left
    after = "\n".join(text.lower() for text in told)
    for text in (text for place, text in texts(snapshot) if place not in fields.KEPT):
        for each in GUID.findall(text):
            assert each.lower() in IDS or each.lower() not in after
        for each in re.findall(r"\b[0-9A-Fa-f]{40,64}\b|\b\d+\.\d+\.\d+\.\d+\b", text):
            assert not re.search(rf"\b{re.escape(each.lower())}\b", after), each


def test_no_byte_of_a_certificate_is_left() -> None:
    after = dumps(masked("article-a").snapshot).decode()
    for each in sample("article-a").certificates:
        assert each.der[40:80] not in after
        assert each.serial is None or each.serial not in after


def test_certificates_are_signed_by_one_another_as_before() -> None:
    before, after = (
        {each.sha256: each.der for each in found.certificates}
        for found in (sample("article-a"), masked("article-a").snapshot)
    )
    hidden = masked("article-a").texts.replaced
    pairs = list(itertools.product(before, repeat=2))
    found = {(a, b): signed_by(before[a], before[b]) for a, b in pairs}
    assert found == {(a, b): signed_by(after[hidden(a)], after[hidden(b)]) for a, b in pairs}
    assert {True, False} == set(found.values())


def test_a_public_authority_keeps_its_name_and_a_private_one_does_not() -> None:
    certificate = sample("article-a").certificates[0]
    public = "CN=DigiCert Global Root CA,OU=www.digicert.com,O=DigiCert Inc,C=US"
    changed = certificate.model_copy(update={"issuer": public})
    snapshot = sample("article-a").model_copy(update={"certificates": (changed,)})
    (found,) = mask(snapshot, KEY, [public.upper()]).snapshot.certificates
    assert found.issuer == public
    (found,) = mask(snapshot, KEY).snapshot.certificates
    assert found.issuer is not None and "digicert" not in found.issuer.lower()


def test_free_text_of_other_programs_is_taken_away() -> None:
    given = {"gaps": [{"section": "tls", "subject": "mail.corp.example:443", "reason": "timeout",
                       "detail": "MAIL-GW said: come back, Jürgen"}]}  # fmt: skip
    hidden = mask(patched(shipped_rules.sample(), given), KEY)
    (gap,) = hidden.snapshot.gaps
    assert gap.detail == "masked"
    assert re.fullmatch(r"[a-z]{4}\.[a-z]{4}\.example:443", gap.subject)


def test_a_masked_snapshot_says_so_and_is_not_masked_again() -> None:
    hidden = masked("article-a").snapshot
    assert hidden.tool_version == sample("article-a").tool_version + "+masked"
    with pytest.raises(SourceError, match="masked already"):
        mask(hidden, KEY)


def test_the_same_key_gives_the_same_bytes_and_another_key_others() -> None:
    again = mask(sample("article-a"), KEY, public_roots())
    other = mask(sample("article-a"), public=public_roots())
    assert dumps(again.snapshot) == dumps(masked("article-a").snapshot)
    assert again.key == masked("article-a").key
    assert dumps(other.snapshot) != dumps(again.snapshot)


def test_a_key_is_for_all_snapshots_of_an_organisation() -> None:
    first = masked("article-a")
    second = mask(sample("healthy"), first.key, public_roots())
    third = mask(sample("article-a"), second.key, public_roots())
    assert dumps(third.snapshot) == dumps(first.snapshot)
    assert first.key.words.items() <= second.key.words.items()


def test_the_key_tells_what_each_name_was() -> None:
    names = masked("article-a").key.names
    for each in masked("article-a").snapshot.databases:
        assert names[each.name].startswith(("MB-", "RDB-"))


@pytest.mark.parametrize(
    "place", sorted({*fields.KEPT, *fields.EMPTIED, *fields.DIGITS, fields.DER})
)
def test_an_exception_names_a_field_that_exists(place: str) -> None:
    record, _, name = place.partition(".")
    assert name in getattr(room, record).model_fields


ADDRESSES = Addresses(SECRET.key)
V4 = st.ip_addresses(v=4).map(str)
V6 = st.ip_addresses(v=6).map(str)
PRIVATE = st.sampled_from(
    ["10.1.2.3", "172.16.0.9", "172.31.255.1", "192.168.3.4", "169.254.1.1", "127.0.0.1"]
)


def common(one: str, other: str) -> int:
    """How many leading bits two addresses share."""
    a, b = ipaddress.ip_address(one), ipaddress.ip_address(other)
    return a.max_prefixlen - (int(a) ^ int(b)).bit_length()


@given(st.one_of(st.tuples(V4 | PRIVATE, V4 | PRIVATE), st.tuples(V6, V6)))
@example(("0.0.0.0", "0.0.0.1"))
@example(("127.0.0.1", "126.0.0.1"))
@example(("::", "::1"))
@example(("::1", "::2"))
def test_addresses_share_as_many_leading_bits_as_before(pair: tuple[str, str]) -> None:
    one, other = (ADDRESSES.replaced(each) for each in pair)
    assert one and other
    assert common(one, other) == common(*pair)


@given(V4 | V6 | PRIVATE)
def test_an_address_stays_of_its_kind(text: str) -> None:
    found = ADDRESSES.replaced(text)
    assert is_private_address(found) == is_private_address(text)
    assert found and ipaddress.ip_address(found).version == ipaddress.ip_address(text).version


@given(V4 | PRIVATE, st.integers(0, 32))
def test_an_address_stays_in_its_network(text: str, length: int) -> None:
    network = ADDRESSES.replaced(f"{text}/{length}")
    assert network and network.endswith(f"/{length}")
    if not ipaddress.ip_address(text).is_loopback:
        address = ADDRESSES.replaced(text)
        assert address and ipaddress.ip_address(address) in ipaddress.ip_network(network)


def test_a_text_that_is_no_address_is_none() -> None:
    assert [ADDRESSES.replaced(text) for text in ("", "mail", "1.2.3", "256.1.1.1", "::g")] == (
        [None] * 5
    )


LABEL = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]|münchen|xn--mnchen-3ya", fullmatch=True)
NAME = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
TEXTS = Texts(SECRET, {})


@given(NAME)
def test_a_name_keeps_its_labels_its_case_and_its_dot(name: str) -> None:
    found = TEXTS.replaced(name)
    assert found.count(".") == name.count(".")
    assert TEXTS.replaced(f"{name}.") == f"{found}."
    assert TEXTS.replaced(name.upper()) == found.upper()
    assert norm(TEXTS.replaced(name.title())) == norm(found)


@given(NAME, NAME)
def test_a_subdomain_lies_in_its_domain_still(label: str, domain: str) -> None:
    found = TEXTS.replaced(f"{label}.{domain}")
    assert found.endswith(f".{TEXTS.replaced(f'x.{domain}')[2:]}")
    assert TEXTS.replaced(f"*.{domain}") == f"*.{TEXTS.replaced(f'x.{domain}')[2:]}"


@given(NAME)
def test_other_names_become_other_names(name: str) -> None:
    other = f"{name}x"
    assert norm(TEXTS.replaced(name)) != norm(TEXTS.replaced(other))


@given(NAME, st.sampled_from(["/owa", "/EWS/Exchange.asmx", ":8443/ecp", ""]))
def test_the_host_of_a_masked_url_is_the_masked_host(name: str, path: str) -> None:
    url = TEXTS.replaced(f"https://{name}{path}")
    assert url.endswith(path) and url.startswith("https://")
    assert host(url) == norm(TEXTS.replaced(name))


@given(st.text(st.characters()) | st.from_regex(r"[\w.:/\\-]{0,20}"))
def test_any_text_is_masked_the_same_way_twice(text: str) -> None:
    found = TEXTS.replaced(text)
    assert found == Texts(SECRET, TEXTS.given).replaced(text)
    assert len(re.findall(r"\s", found)) == len(re.findall(r"\s", text))


def test_an_international_name_and_its_ascii_form_stay_one_name() -> None:
    names = ("münchen.corp.example", "MÜNCHEN.corp.example", "xn--mnchen-3ya.CORP.example.")
    assert len({norm(TEXTS.replaced(name)) for name in names}) == 1
    assert all("nchen" not in TEXTS.replaced(name).lower() for name in names)


def test_a_distinguished_name_keeps_its_containers_and_escapes() -> None:
    dn = r"CN=cas\0ACNF:67661d7f-0000-4fa7-bfac-e1d7794c1f68,CN=Arrays,CN=Müller\, Sohn,DC=corp"
    found = TEXTS.replaced(dn)
    assert len(rdns(found)) == 4
    assert rdns(found)[1] == "CN=Arrays"
    assert "\nCNF:" in dn_name(found)
    assert dn_name(found) == TEXTS.replaced(dn_name(dn))


@pytest.mark.parametrize(
    "text",
    [
        "https://autodiscover",
        "_autodiscover._tcp",
        "/cn=Configuration/cn=Servers/cn=",
        "owa (Default Web Site)",
        "67661D7F-8FC4-4fa7-BFAC-E1D7794C1F68",
        "ncacn_ip_tcp:",
        "127.0.0.1",
        "::1",
        "06:00:00",
        ".local",
    ],
)
def test_words_of_protocols_stay(text: str) -> None:
    assert TEXTS.replaced(text) == text


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("HTTP/EX2010-MB1.corp.local", r"HTTP/[A-Z]{2}\d{4}-[A-Z]{2}\d\.[a-z]{4}\.local"),
        ("S-1-5-21-1004336348-1177238915-682003330-512", r"S-1-5-\d\d-\d{10}-\d{10}-\d{9}-\d{3}"),
        ("autodiscover.contoso.onmicrosoft.com", r"autodiscover\.[a-z]{7}\.onmicrosoft\.com"),
        ("contoso.mail.onmicrosoft.com", r"[a-z]{7}\.mail\.onmicrosoft\.com"),
        ("contoso.mail.protection.outlook.com", r"[a-z]{7}\.mail\.protection\.outlook\.com"),
        ("mail.contoso.com", r"(?!mail)[a-z]{4}\.[a-z]{7}\.com"),
        ("autodiscover.outlook.com", r"autodiscover\.outlook\.com"),
        ("outlook.contoso.com", r"[a-z]{7}\.[a-z]{7}\.com"),
        ("CORP\\svc-cas$", r"[A-Z]{4}\\[a-z]{3}-[a-z]{3}\$"),
        ("tls:[2001:db8::5]:443", r"tls:\[2[0-9a-f:]+\]:443"),
        ("10.1.2.3:53", r"10\.\d+\.\d+\.\d+:53"),
        ("Mailbox Database 0123456789", r"Mailbox Database \d{10}"),
        ("東京メール", r"[a-z0-9-]+"),
    ],
)  # fmt: skip
def test_a_text_keeps_its_shape(text: str, shape: str) -> None:
    found = TEXTS.replaced(text)
    assert re.fullmatch(shape, found), found
    assert found != text or "outlook.com" in text


def test_more_short_words_than_there_are_shapes_stay_different() -> None:
    every = [f"{a}{b}" for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijklmnopqrstuvwxyz"]
    own = Texts(SECRET, {})
    assert len({own.replaced(word) for word in every}) == len(every)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"schema": "casaudit/mask-key/2"}', b"\xff", b"{}"])
def test_what_is_no_key_file_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="not a key file"):
        keyfile.load_key_file(data, "key.json")


def test_the_command_writes_a_snapshot_to_give_away_and_a_key_to_keep(tmp_path: Path) -> None:
    out, key = tmp_path / "masked.json", tmp_path / "key.json"
    original = SAMPLES / "article-a" / "snapshot.json"
    done = casaudit("mask", original, "-o", out, "--key", key)
    assert done.returncode == 0, done.stderr
    assert "exchangeserverpro" not in out.read_text() + done.stdout + done.stderr
    assert "exchangeserverpro" in key.read_text()
    if os.name == "posix":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    again = casaudit("mask", original, "-o", tmp_path / "again.json", "--use-key", key)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.json").read_bytes() == out.read_bytes()


def test_a_report_of_a_masked_snapshot_says_that_it_is_masked(tmp_path: Path) -> None:
    out = tmp_path / "masked.json"
    out.write_bytes(dumps(masked("article-a").snapshot))
    done = casaudit("report", out, "-o", tmp_path, "--fail-on", "never")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "findings.json").read_bytes())["tool_version"].endswith("+masked")
    assert len(results(tmp_path)) == len(
        findings_of(sample("article-a"), shipped_rules.book(), Question())
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "needs one key file"),
        (("--key", "a.json", "--use-key", "b.json"), "needs one key file"),
        (("--key", "there.json"), "exists"),
        (("--use-key", "there.json"), "is not a key file"),
        (("--use-key", "none.json"), "cannot be read"),
        (("--key", "masked.json"), "three files"),
    ],
)
def test_wrong_use_is_told_and_nothing_is_written(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "there.json").write_text("{}")
    there = [str(tmp_path / each) if each.endswith(".json") else each for each in arguments]
    original = SAMPLES / "article-a" / "snapshot.json"
    command = ["mask", str(original), "-o", str(tmp_path / "masked.json"), *there]
    error = CliRunner().invoke(app, command).exception
    assert isinstance(error, UsageError | SourceError)
    assert said in str(error)
    assert [path.name for path in tmp_path.iterdir()] == ["there.json"]
