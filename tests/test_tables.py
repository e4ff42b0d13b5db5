"""Tables of the shell: read whatever their delimiter and encoding, judged by what they show."""

import codecs
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casaudit.assess import assess
from casaudit.collect import CollectRequest, collect, lists
from casaudit.collect.clixml import collect_exports
from casaudit.collect.clixml.tables import columns
from casaudit.collect.network import NetworkSettings
from casaudit.collect.other_files import refusal
from casaudit.engine.evaluate import Question
from casaudit.errors import SourceError
from casaudit.shipped import SAMPLES
from casaudit.snapshot import Reason, SectionName, Snapshot, Status, dumps, loads
from tests.make_docs import DOCS
from tests.support import powershell
from tests.support.running import casaudit, failures, results
from tests.support.shipped_rules import book
from tests.test_exports import FIXTURES, NOON, gaps, values

Rows = Sequence[Sequence[str]]
HQ = "corp.example/Configuration/Sites/HQ"
VERSION = "Version 14.3 (Build 123.4)"
ARRAYS = [["Name", "Fqdn", "Site"], ["outlook", "outlook.corp.example", HQ]]
DATABASES = [
    ["Name", "Server", "Recovery", "RpcClientAccessServer"],
    ["At the array", "EX1", "False", "outlook.corp.example"],
    ["At a server", "EX1", "False", "ex1.corp.example"],
    ["At its short name", "EX1", "False", "EX2"],
    ["At nothing known", "EX2", "False", "gone.corp.example"],
    ["At nothing", "EX2", "False", ""],
    ["Newer", "EX13", "False", "ex13.corp.example"],
    ["Recovery", "EX1", "True", "ex1.corp.example"],
]
SERVERS = [
    ["Name", "Fqdn", "Site", "AdminDisplayVersion", "ServerRole"],
    ["EX1", "ex1.corp.example", HQ, VERSION, "Mailbox, ClientAccess"],
    ["EX2", "ex2.corp.example", HQ, VERSION, "Mailbox, ClientAccess"],
    ["EX13", "ex13.corp.example", HQ, "Version 15.0 (Build 1497.2)", "Mailbox, ClientAccess"],
]
RPC = [["Server", "EncryptionRequired"], ["EX1", "True"], ["EX2", "True"]]
ALL: dict[str, Rows] = {"arrays": ARRAYS, "databases": DATABASES, "servers": SERVERS, "rpc": RPC}
TWO: dict[str, Rows] = {"arrays": ARRAYS, "databases": DATABASES}


def text(rows: Rows, delimiter: str = ",", quoted: bool = True) -> str:
    """Return a table as Export-Csv writes it; without quotes as people leave it."""

    def cell(value: str) -> str:
        doubled = value.replace('"', '""')
        return f'"{doubled}"' if quoted or set(value) & {delimiter, '"', "\n"} else value

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in rows)


def seen(folder: Path, **tables: str | bytes) -> Snapshot:
    for name, content in tables.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return collect_exports([folder / f"{name}.csv" for name in tables], NOON)


def written(folder: Path, tables: Mapping[str, Rows]) -> list[Path]:
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(text(rows), encoding="utf-8-sig", newline="")
    return [folder / f"{name}.csv" for name in tables]


TYPED = "#TYPE Selected.Microsoft.Exchange.Data.Directory.SystemConfiguration.MailboxDatabase\r\n"
MARKS = {"utf-8-sig": b"", "utf-8": b"", "utf-16-le": codecs.BOM_UTF16_LE, "cp1252": b""}
FIELDS = ("name", "server", "recovery", "rpc_client_access_server")


@pytest.mark.parametrize("head", ["", TYPED, "\r\n"])
@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", MARKS)
def test_a_table_is_read_however_it_was_written(
    encoding: str, delimiter: str, quoted: bool, head: str, tmp_path: Path
) -> None:
    rows = [DATABASES[0], ['Größe "1", alt; neu', "EX1", "True", ""], *DATABASES[1:]]
    data = MARKS[encoding] + (head + text(rows, delimiter, quoted)).encode(encoding)
    found = seen(tmp_path, x=data)
    wanted = [(row[0], row[1], row[2] == "True", row[3] or None) for row in rows[1:]]
    assert values(found.listed_databases, *FIELDS) == sorted(wanted)
    assert found.status(SectionName.LISTED_DATABASES) is Status.COMPLETE


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@settings(max_examples=60)
@given(st.lists(CELL, min_size=1, max_size=8, unique_by=str.strip), st.sampled_from(",;\t"))
def test_every_name_is_read_back(names: list[str], delimiter: str) -> None:
    named = [name for name in names if name.strip() and "\ufeff" not in name]
    rows = [DATABASES[0], *([name, "EX1", "False", "x.example"] for name in named)]
    with TemporaryDirectory() as folder:
        if named:
            found = seen(Path(folder), x=text(rows, delimiter))
            assert sorted(each.name for each in found.listed_databases) == sorted(named)


def test_every_record_says_its_row(tmp_path: Path) -> None:
    found = seen(tmp_path, databases=TYPED + text(DATABASES[:3]))
    assert [(each.name, each.source.origin) for each in found.listed_databases] == [
        ("At a server", "file:databases.csv, row 4"),
        ("At the array", "file:databases.csv, row 3"),
    ]


def test_a_list_of_which_only_its_type_was_written_is_unread(tmp_path: Path) -> None:
    members = "Microsoft.Exchange.Data.Directory.ADObjectId[]"
    head = ["Name", "Fqdn", "SiteName", "Members"]
    found = seen(tmp_path, x=text([head, ["outlook", "outlook.corp.example", "HQ", members]]))
    assert values(found.listed_arrays, "site", "members", "unread") == [
        ("HQ", (), ("id", "members"))
    ]
    assert any("Export-Csv writes the type of a list" in detail for *_, detail in gaps(found))


def test_a_selection_by_identity_is_one_by_name(tmp_path: Path) -> None:
    found = seen(tmp_path, x=text([["Identity", "RpcClientAccessServer"], ["DB1", "x.example"]]))
    assert values(found.listed_databases, *FIELDS) == [("DB1", None, None, "x.example")]
    assert found.listed_databases[0].unread == ("id", "recovery", "server")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_two_tables_that_were_joined_are_one(encoding: str, tmp_path: Path) -> None:
    first, second = text(DATABASES[:2]), TYPED + text([DATABASES[0], *DATABASES[2:]])
    found = seen(tmp_path, x=first.encode(encoding) + second.encode(encoding))
    assert len(found.listed_databases) == len(DATABASES) - 1
    assert found.status(SectionName.LISTED_DATABASES) is Status.COMPLETE


def test_a_table_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "databases.txt").write_bytes(text(DATABASES).encode("utf-16"))
    run = casaudit("collect", tmp_path / "databases.txt", "-o", tmp_path / "s.json")
    assert run.returncode == 3
    assert len(loads((tmp_path / "s.json").read_bytes(), "s").databases) == len(DATABASES) - 1


def test_a_damaged_table_of_an_archive_costs_itself(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in TWO.items():
            archive.writestr(f"{name}.csv", text(rows))
    whole = (tmp_path / "x.zip").read_bytes()
    at = whole.index(b"databases.csv") + len("databases.csv")
    (tmp_path / "x.zip").write_bytes(whole[:at] + b"\xff" * 8 + whole[at + 8 :])
    found = collect_exports([tmp_path / "x.zip"], NOON)
    assert values(found.listed_arrays, "name") == [("outlook",)]
    assert [(gap.subject, gap.reason) for gap in found.gaps if "row" in gap.detail] == [
        ("file:databases.csv", Reason.UNREACHABLE)
    ]


DAMAGED: dict[str, tuple[str | bytes, Reason, str]] = {
    "a row with a cell too many": (
        text(DATABASES[:2]) + '"DB9","EX1","False","x.example","?"\r\n',
        Reason.MALFORMED,
        "row 3: a row of 5 cells under a header of 4",
    ),
    "a row that was cut": (
        text(DATABASES[:2]) + '"DB9","EX1"\r\n',
        Reason.MALFORMED,
        "row 3: a row of 2 cells under a header of 4",
    ),
    "a quote in the wrong place": (
        text(DATABASES[:2]) + '"DB9"x,"EX1","False","x.example"\r\n',
        Reason.MALFORMED,
        "row 3: quotes that do not match; the rest is not read",
    ),
    "an end inside of a quote": (
        text(DATABASES[:2]) + '"DB9","EX1","Fal',
        Reason.MALFORMED,
        "row 3: quotes that do not match; the rest is not read",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_row_that_cannot_be_read_costs_itself_and_is_told(name: str, tmp_path: Path) -> None:
    data, reason, detail = DAMAGED[name]
    found = seen(tmp_path, x=data)
    assert [each.name for each in found.listed_databases] == ["At the array"]
    assert found.status(SectionName.LISTED_DATABASES) is Status.PARTIAL
    assert ("listed_databases", reason, detail) in gaps(found)


def test_names_in_a_code_page_that_cannot_be_told_are_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not valid charmap text"):
        seen(tmp_path, x=text(DATABASES).encode() + b'"\x81","EX1","False",""\r\n')


PIECES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [b'"', b",", b"\r\n", b"#TYPE x", b"Name,Fqdn,Site\r\n", text(TWO["databases"]).encode()]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=10).map(b"".join))
def test_whatever_a_table_holds_it_gives_a_snapshot_or_a_clear_refusal(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(data)
        assert refusal(path).subject == str(path)
        try:
            found = collect_exports([path], NOON)
        except SourceError as error:
            assert error.subject == str(path)
        else:
            assert loads(dumps(found), "x") == found


def test_a_line_that_is_longer_than_any_header_is_none(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="its header names none"):
        seen(tmp_path, x="x" * 200_000)


def judged(folder: Path, tables: Mapping[str, Rows]) -> dict[tuple[str, str], str]:
    """Return the verdict of each rule about each object, the collection itself left out."""
    sources = tuple(map(str, written(folder, tables)))
    request = CollectRequest(sources, network=NetworkSettings(ask_dns=False, ask_tls=False))
    snapshot = collect(request, NOON, lambda what, done, total: None).snapshot
    found = assess(snapshot, book(), Question(profile="health"), sha256="tables")
    return {
        (each.rule.id, each.subject.name): str(each.verdict)
        for each in found.findings
        if each.subject.kind != "collection"
    }


AS_WRITTEN = {
    "as Export-Csv writes it": (",", True, "utf-8-sig"),
    "with the delimiter of a German Windows, without quotes": (";", False, "cp1252"),
    "with -Encoding Unicode": (",", True, "utf-16"),
}


@pytest.mark.parametrize("how", AS_WRITTEN)
def test_of_two_tables_pointers_are_judged_by_names_and_nothing_else_is(
    how: str, tmp_path: Path
) -> None:
    delimiter, quoted, encoding = AS_WRITTEN[how]
    for name, rows in TWO.items():
        (tmp_path / f"{name}.csv").write_bytes(text(rows, delimiter, quoted).encode(encoding))
    files = [tmp_path / f"{name}.csv" for name in TWO]
    run = casaudit("audit", *files, "-o", tmp_path / "o", "--format", "json,csv,ps1")
    assert run.returncode == 3
    about = [each for each in results(tmp_path / "o") if each["subject"]["kind"] == "database"]
    assert {
        (each["subject"]["name"], each["verdict"], each["severity"])
        for each in about
        if each["verdict"] in ("pass", "fail")
    } == {
        ("At the array", "pass", "high"),
        ("At a server", "fail", "medium"),
        ("At its short name", "fail", "medium"),
        ("Newer", "fail", "medium"),
    }
    assert {each["rule_id"] for each in about if each["verdict"] in ("pass", "fail")} == {
        "CAS-DB-001"
    }
    assert all(
        "Exchange 2013 or later" in each["severity_reason"]
        for each in about
        if each["verdict"] == "fail"
    )
    # What is not known to be of Exchange 2010 gets no step, but the command to look.
    assert json.loads((tmp_path / "o" / "plan.json").read_bytes())["steps"] == []
    assert "Get-ExchangeServer | Format-Table Name,AdminDisplayVersion" in (
        tmp_path / "o" / "findings.json"
    ).read_text(encoding="utf-8")


def test_a_table_of_databases_alone_names_its_servers_and_no_array(tmp_path: Path) -> None:
    found = judged(tmp_path, {"databases": DATABASES})
    assert {verdict for (rule, _), verdict in found.items() if rule == "CAS-DB-001"} <= {
        "not_evaluated",
        "not_applicable",
    }


def test_two_tables_are_shown_and_say_what_they_lack(tmp_path: Path) -> None:
    run = casaudit("audit", *written(tmp_path, TWO), "-o", tmp_path / "o", "--format", "json,csv")
    assert '"At a server","","ex1.corp.example"' in (tmp_path / "o" / "databases.csv").read_text(
        encoding="utf-8-sig"
    )
    assert (lists.SERVERS in run.stderr, lists.RPC in run.stderr) == (True, True)
    assert (lists.ARRAYS in run.stderr, lists.DATABASES in run.stderr) == (False, False)
    assert lists.SERVERS in (tmp_path / "o" / "findings.json").read_text(encoding="utf-8")


def test_with_servers_beside_them_every_pointer_is_judged(tmp_path: Path) -> None:
    run = casaudit("audit", *written(tmp_path, ALL), "-o", tmp_path / "o", "--format", "json")
    assert run.returncode == 1
    assert {each for each in failures(tmp_path / "o") if each[0].startswith("CAS-DB-")} == {
        ("CAS-DB-001", "At a server"),
        ("CAS-DB-001", "At its short name"),
        ("CAS-DB-003", "At nothing known"),
        ("CAS-DB-005", "At nothing"),
        ("CAS-DB-006", "HQ"),
    }


def test_without_the_one_site_of_all_servers_no_home_is_known(tmp_path: Path) -> None:
    other = [
        *SERVERS,
        ["EX9", "ex9.corp.example", "corp.example/Configuration/Sites/BR", *SERVERS[1][3:]],
    ]
    found = judged(tmp_path, {**ALL, "servers": other})
    assert found["CAS-DB-001", "At a server"] == "not_evaluated"
    assert found["CAS-DB-003", "At nothing known"] == "fail"


LACKING = [
    (name, column) for name, rows in ALL.items() for column in rows[0] if column != "Name"
] + [(name, "") for name in ALL if name != "databases"]


@pytest.mark.parametrize(("name", "column"), LACKING)
def test_what_a_table_lacks_makes_nothing_pass(name: str, column: str, tmp_path: Path) -> None:
    whole = judged(tmp_path, ALL)
    at = ALL[name][0].index(column) if column else None
    rows = [[cell for each, cell in enumerate(row) if each != at] for row in ALL[name]]
    tables = {**ALL, name: rows} if column else {k: v for k, v in ALL.items() if k != name}
    try:
        found = judged(tmp_path, tables)
    except SourceError as error:  # a table that is told by the very column
        assert "is a table of something else" in error.problem
        return
    passed = {key for key, verdict in found.items() if verdict == "pass"}
    assert {key for key in passed if whole.get(key) != "pass"} == set()


def test_tables_of_a_folder_are_read_and_those_of_other_programs_are_not(tmp_path: Path) -> None:
    written(tmp_path, ALL)
    (tmp_path / "findings.csv").write_text("rule_id,verdict\r\nCAS-DB-001,fail\r\n")
    found = collect_exports([tmp_path], NOON)
    assert {each.file for each in found.exports} == {f"{name}.csv" for name in ALL}


def test_beside_a_directory_a_table_is_compared_and_replaces_nothing(tmp_path: Path) -> None:
    directory = str(SAMPLES / "article-a" / "directory.ldf")
    quiet = NetworkSettings(ask_dns=False, ask_tls=False)
    tables = tuple(map(str, written(tmp_path, TWO)))
    alone, both = (
        collect(CollectRequest(sources, network=quiet), NOON, lambda *_: None).snapshot
        for sources in ((directory,), (directory, *tables))
    )
    assert (both.databases, both.arrays, both.servers) == (
        alone.databases,
        alone.arrays,
        alone.servers,
    )
    assert len(both.listed_databases) == len(DATABASES) - 1


def test_exports_alone_are_no_organisation() -> None:
    request = CollectRequest((str(FIXTURES),))
    found = collect(request, NOON, lambda *_: None).snapshot
    assert (found.databases, found.servers, found.arrays) == ((), (), ())


def test_the_documented_commands_are_those_that_a_refusal_names_and_their_tables_are_read() -> None:
    document = (DOCS / "tables.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```powershell\n(.*?)```", document, re.DOTALL)
    # The grammar takes bare words with commas between them as one word only.
    assert powershell.errors(script.replace(", ", ",")) == []
    assert script.splitlines() == [lists.ARRAYS, lists.DATABASES, lists.SERVERS, lists.RPC]
    for line in script.splitlines():
        selected = re.findall(r"Select-Object ([^|]+?) \|", line)[0]
        assert columns(selected.replace(", ", ",")) is not None
