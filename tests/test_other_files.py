"""Files that hold no evidence as they are: each is told what it is and what gives it instead."""

import io
import zipfile
from pathlib import Path

import pytest

from casaudit.collect.other_files import KINDS, refusal
from casaudit.shipped import SAMPLES
from tests.support.running import casaudit, results

FORMAT_LIST = "\r\n\r\nFqdn     : cas.corp.example\r\nSiteName : HQ\r\nMembers  : {EX1, EX2...}\r\n"
FORMAT_TABLE = (
    "\r\nIdentity       RpcClientAccessServer\r\n--------       ---------------------\r\n"
    "DB1            ex1.corp.example\r\n"
)


def _workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return content.getvalue()


def _archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("notes.doc", "x")
    return content.getvalue()


SHELL = ("Get-ClientAccessArray | Select-Object Name", "Get-MailboxDatabase | Select-Object Name")
LDIFDE = ("ldifde -f exchange.ldf",)
# Per file: its name, its bytes, what it is told to be, what is to be run or done.
FILES: dict[str, tuple[str, bytes, str, tuple[str, ...]]] = {
    "Format-List": ("arrays.txt", FORMAT_LIST.encode("utf-16"), "that Format-List printed", SHELL),
    "Format-Table": ("db.txt", FORMAT_TABLE.encode("utf-16"), "that Format-Table printed", SHELL),
    "csvde": ("e.csv", b'DN,objectClass,cn\r\n"CN=DB1,DC=x",x,DB1\r\n', "of csvde", LDIFDE),
    "another table": ("cars.csv", b"Make,Model\r\na,b\r\n", "of something else", SHELL),
    "AD Explorer": ("corp.dat", b"win-ad-ob\x00\x00", "Active Directory Explorer", LDIFDE),
    "an event log": ("Application.evtx", b"ElfFile\x00\x00", "event log", LDIFDE),
    "a workbook": ("arrays.xlsx", _workbook(), "Excel workbook", SHELL),
    "an old workbook": ("arrays.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel workbook", SHELL),
    "an archive": ("all.7z", b"7z\xbc\xaf\x27\x1c", "an archive", ("unpack it",)),
    "an archive of others": ("all.bin", _archive(), "an archive", ("unpack it",)),
    "a web page": ("health.html", b"<!DOCTYPE html>\n<html>", "web page", SHELL),
    "a PDF": ("health.pdf", b"%PDF-1.7\n", "PDF", SHELL),
    "LDIF by another name": ("e.txt", b"version: 1\n\ndn: DC=x\n", "LDIF export", (".ldf",)),
    "CLIXML by another name": (
        "e.txt",
        b'<Objs xmlns="http://schemas.microsoft.com/powershell/2004/04"/>',
        "Export-Clixml",
        (".xml",),
    ),
    "JSON by another name": ("e.txt", b'{"schema": "x"}', "JSON document", (".json",)),
    "nothing": ("e.txt", b"", "of no kind that is read", (*LDIFDE, *SHELL)),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_told_what_it_is_and_what_gives_the_evidence(name: str, tmp_path: Path) -> None:
    file, data, told, instead = FILES[name]
    (tmp_path / file).write_bytes(data)
    run = casaudit("audit", tmp_path / file, "-o", tmp_path / "o")
    assert run.returncode == 4
    assert told in run.stderr
    assert [each for each in instead if each not in run.stderr] == []
    assert "Traceback" not in run.stderr


def test_every_kind_has_a_file_here(tmp_path: Path) -> None:
    found = set()
    for file, data, *_ in FILES.values():
        (tmp_path / file).write_bytes(data)
        found.add(refusal(tmp_path / file).problem)
    assert {f"is {kind.name}, which is not read" for kind in KINDS} <= found


def test_beside_a_directory_such_a_file_costs_itself(tmp_path: Path) -> None:
    directory = SAMPLES / "article-a" / "directory.ldf"
    (tmp_path / "arrays.txt").write_bytes(FORMAT_LIST.encode())
    quiet = ("--no-dns", "--no-tls", "--format", "json")
    runs = [
        casaudit("audit", directory, *more, "-o", tmp_path / folder, *quiet).returncode
        for folder, more in (("a", ()), ("b", (tmp_path / "arrays.txt",)))
    ]
    assert runs == [1, 1]
    failed = [
        {
            (r["rule_id"], r["fingerprint"])
            for r in results(tmp_path / folder)
            if r["verdict"] == "fail"
        }
        for folder in "ab"
    ]
    assert failed[0] <= failed[1]
    assert "Format-List printed" in (tmp_path / "b" / "snapshot.json").read_text()


def test_a_name_that_leads_to_no_file_is_no_source(tmp_path: Path) -> None:
    run = casaudit("audit", tmp_path / "nothing.txt", "-o", tmp_path / "o")
    assert (run.returncode, "is not a source" in run.stderr) == (2, True)


def test_a_plan_is_no_source_and_names_the_command_that_takes_it() -> None:
    run = casaudit("collect", SAMPLES / "article-a" / "report" / "plan.json", "-o", "x.json")
    assert run.returncode == 4
    assert "casaudit whatif SNAPSHOT" in run.stderr
