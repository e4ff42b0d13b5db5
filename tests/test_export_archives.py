"""Exports in zip archives: read as their folder is, within bounds, and nothing is unpacked."""

import zipfile
from pathlib import Path

import pytest

from casaudit.collect.clixml import collect_exports, source_files
from casaudit.errors import SourceError
from casaudit.snapshot import Reason, SectionName, Snapshot, Status
from tests.test_exports import EMPTY, FIXTURES, NOON

RPC = (FIXTURES / "rpc.xml").read_bytes()


def archived(folder: Path, entries: dict[str, bytes]) -> Path:
    """Write an archive with its entries packed."""
    path = folder / "evidence.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return path


def read(path: Path) -> Snapshot:
    return collect_exports([path], NOON)


@pytest.mark.parametrize(
    "entry", ["rpc.xml", "evidence/rpc.XML", "evidence\\rpc.xml", "../rpc.xml"]
)
def test_an_entry_is_read_by_its_own_name_wherever_it_lies(entry: str, tmp_path: Path) -> None:
    found = read(archived(tmp_path, {entry: RPC}))
    assert [each.server for each in found.rpc_client_access] == ["HO-EX2010-MB1"]
    assert {each.source.origin.lower() for each in found.rpc_client_access} == {"file:rpc.xml"}
    assert found.gaps == ()
    assert [path.name for path in tmp_path.iterdir()] == ["evidence.zip"]


def test_other_files_of_an_archive_are_left_alone(tmp_path: Path) -> None:
    others = {"__MACOSX/._rpc.xml": b"Mac", "read.txt": b"x", "sub/": b"", "x.zip": b"PK"}
    assert read(archived(tmp_path, {"rpc.xml": RPC, **others})).gaps == ()


def test_an_archive_beside_a_folder_with_the_same_file_adds_nothing(tmp_path: Path) -> None:
    path = archived(tmp_path, {"rpc.xml": RPC})
    found = collect_exports([path, FIXTURES / "rpc.xml"], NOON)
    assert len(found.rpc_client_access) == 1
    assert found.gaps == ()


def test_a_damaged_entry_costs_itself(tmp_path: Path) -> None:
    path = archived(tmp_path, {"arrays.xml": EMPTY, "rpc.xml": RPC})
    data = bytearray(path.read_bytes())
    start = data.index(b"rpc.xml") + len("rpc.xml")
    data[start + 40 : start + 80] = bytes(40)
    path.write_bytes(data)
    found = read(path)
    assert found.status(SectionName.LISTED_ARRAYS) is Status.COMPLETE
    assert found.status(SectionName.RPC_CLIENT_ACCESS) is Status.FAILED
    assert {gap.subject for gap in found.gaps} == {"file:rpc.xml"}


def test_an_encrypted_entry_costs_itself_and_says_what_to_do(tmp_path: Path) -> None:
    path = archived(tmp_path, {"arrays.xml": EMPTY, "rpc.xml": RPC})
    data = bytearray(path.read_bytes())
    # Bit 0 of the flags, behind signature and versions, in the directory at the archive's end.
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    (gap,) = read(path).gaps
    assert (gap.subject, gap.reason) == ("file:rpc.xml", Reason.UNREACHABLE)
    assert "unpack the archive" in gap.detail


def test_an_entry_that_unpacks_to_too_much_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casaudit.collect.clixml.exports.MAX_FILE", len(EMPTY) + 1)
    found = read(archived(tmp_path, {"arrays.xml": EMPTY, "rpc.xml": b" " * 1_000_000}))
    assert [(gap.subject, gap.reason) for gap in found.gaps] == [("file:rpc.xml", Reason.LIMIT)]


REFUSED = {
    "no archive": (b"PK\x03\x04 not really", "is not a zip archive"),
    "an archive without exports": (None, "holds no .xml file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_that_holds_nothing_is_refused(name: str, tmp_path: Path) -> None:
    data, said = REFUSED[name]
    path = archived(tmp_path, {"exchange.ldf": b"dn: DC=x"})
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SourceError, match=said) as caught:
        read(path)
    assert caught.value.subject == str(path)


@pytest.mark.parametrize("bound", ["MAX_ENTRIES", "MAX_UNPACKED"])
def test_an_archive_beyond_all_bounds_is_refused(
    bound: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_files, bound, 1)
    with pytest.raises(SourceError, match="holds more than"):
        read(archived(tmp_path, {"a.xml": EMPTY, "b.xml": EMPTY}))
