"""The parts of the lab that need no server: its LDIF, its BER, its clearing away."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab import ber
from tests.lab.claim import LabError, birth, clear_away
from tests.lab.edits import edits
from tests.lab.ldap_message import Message
from tests.lab.ldif import Entry, key, parent, read, record, replacements, write
from tests.lab.partitions import of
from tests.lab.schema import Schema, load
from tests.support.running import WATCHDOG

NAMES = st.from_regex(r"[a-z][a-zA-Z0-9-]{0,20}", fullmatch=True).filter(
    lambda name: name.lower() not in {"dn", "version", "changetype"}
)
VALUES = st.lists(st.binary(max_size=200), min_size=1, max_size=3)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
ENTRIES = st.builds(Entry, TEXTS, st.dictionaries(NAMES, VALUES, max_size=4))


@settings(deadline=None)
@given(st.lists(ENTRIES, max_size=4))
def test_what_is_written_as_ldif_reads_back(entries: list[Entry]) -> None:
    assert read(write(entries).encode()) == entries


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_export_of_windows_reads_whatever_its_encoding(encoding: str) -> None:
    text = "dn: CN=Zü\r\n rich\r\nchangetype: add\r\ncn: Zürich\r\nbin:: AAE=\r\n\r\n"
    assert read(text.encode(encoding)) == [
        Entry("CN=Zürich", {"cn": ["Zürich".encode()], "bin": [b"\x00\x01"]})
    ]


@pytest.mark.parametrize("text", ["cn: x\n", "dn: CN=x\nchangetype: delete\n", "dn: CN=x\njunk\n"])
def test_what_is_no_export_is_refused(text: str) -> None:
    with pytest.raises(LabError):
        read(text.encode())


def test_a_name_is_taken_apart_at_unescaped_commas() -> None:
    assert parent(r"CN=a\,b\\,CN=c,DC=d") == "CN=c,DC=d"
    assert parent("DC=d") == ""
    assert key("CN=A, DC=D") == key("cn=a,dc=d")


def test_one_export_becomes_another_by_what_differs_and_by_nothing_else() -> None:
    old = [Entry("CN=a", {"cn": [b"a"], "x": [b"1", b"2"], "y": [b"3"]}), Entry("CN=b,CN=a")]
    new = [
        Entry("cn=A", {"cn": [b"a"], "x": [b"2", b"1"], "uSNChanged": [b"9"]}),
        Entry("CN=c", {"cn": [b"c"]}),
    ]
    before, after = (write(each).encode() for each in (old, new))
    assert list(edits(before, before)) == []
    assert list(edits(before, after)) == [
        record("CN=b,CN=a", [("changetype", b"delete")]),
        record("CN=c", [("changetype", b"add"), ("cn", b"c")]),
        replacements([Entry("cn=A", {"y": []})]),
    ]


def test_the_domain_follows_from_the_export() -> None:
    where = of([Entry(""), Entry("CN=Sites,CN=Configuration,DC=Lab,DC=net")])
    assert (where.domain, where.dns_name) == ("DC=Lab,DC=net", "lab.net")


@settings(deadline=None)
@given(st.integers(0, 255), st.binary(max_size=400))
def test_an_element_splits_off_a_buffer_as_it_was_encoded(tag: int, content: bytes) -> None:
    whole = ber.element(tag, content)
    buffer = bytearray(whole + whole[:-1])
    assert list(ber.split(buffer)) == [whole]
    assert bytes(buffer) == whole[:-1]
    assert list(ber.children(whole)) == [(tag, content)]


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_noise_is_a_ber_error_and_nothing_else(noise: bytes) -> None:
    try:
        Message(noise)
    except ber.BerError:
        return


def test_every_class_of_the_schema_is_added_after_the_one_it_is_derived_from() -> None:
    schema: Schema = load()
    where = of([Entry("DC=x,DC=y")])
    steps = [read(step.encode()) for step in schema.steps(where)]
    names = [v.decode() for step in steps for e in step for v in e.get("lDAPDisplayName")]
    own = [name for name in names if name in schema.classes]
    assert sorted(own) == sorted(schema.classes)
    for name in own:
        above = schema.classes[name]
        assert above not in own or own.index(above) < own.index(name)


@pytest.mark.skipif(sys.platform != "linux", reason="the lab runs on Linux")
def test_a_process_that_a_dead_lab_left_is_stopped(tmp_path: Path) -> None:
    left = subprocess.Popen(["sleep", "60"], start_new_session=True)
    folder = tmp_path / "run" / "pids"
    folder.mkdir(parents=True)
    (folder / "left.pid").write_text(f"{left.pid} {birth(left.pid)}")
    clear_away(tmp_path / "run")
    assert left.wait(WATCHDOG) == -15
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the lab runs on Linux")
def test_a_process_that_only_has_the_same_number_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen(["sleep", "60"], start_new_session=True)
    folder = tmp_path / "run" / "pids"
    folder.mkdir(parents=True)
    (folder / "left.pid").write_text(f"{other.pid} 1")
    clear_away(tmp_path / "run")
    assert other.poll() is None
    other.kill()
    other.wait()
