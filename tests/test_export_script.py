"""The export script: it only reads, PowerShell 2.0 runs it, and what it leaves is read whole."""

import hashlib
import re
import zipfile
from pathlib import Path

import pytest

from casaudit.collect.clixml import collect_exports
from casaudit.collect.clixml.export_kinds import EVIDENCE
from casaudit.snapshot import EXPORTED, Reason, SectionName, Snapshot, Status
from tests.support import export_script
from tests.support.export_script import PATH, failure, questions, write_evidence
from tests.support.powershell import commands
from tests.support.powershell_two import OPERATORS, Allowed, lint
from tests.support.running import casaudit, results
from tests.test_exports import NOON

DIRECTORY = PATH.parent / "article-a" / "directory.ldf"
STOP = {"-ErrorAction"}
READING = {
    "Get-ADServerSettings": STOP,
    "Get-ChildItem": {"-Path", *STOP},
    "Get-ClientAccessArray": STOP,
    "Get-ClientAccessServer": {
        "-Identity", "-IncludeAlternateServiceAccountCredentialStatus", *STOP
    },
    "Get-Command": {"-Name", *STOP},
    "Get-Date": {"-Format"},
    "Get-ExchangeCertificate": {"-Server", *STOP},
    "Get-ExchangeServer": STOP,
    "Get-Item": {"-Path", *STOP},
    "Get-Mailbox": {"-Arbitration", "-ResultSize", *STOP},
    "Get-MailboxDatabase": {"-Status", *STOP},
    "Get-MailboxDatabaseCopyStatus": {"-Server", *STOP},
    "Get-NlbCluster": {"-HostName", *STOP},
    "Get-NlbClusterNode": {"-HostName", *STOP},
    "Get-OfflineAddressBook": STOP,
    "Get-OrganizationConfig": STOP,
    "Get-OutlookProvider": STOP,
    "Get-RpcClientAccess": STOP,
    "Get-WmiObject": {"-Class", "-Filter", "-ComputerName", *STOP},
    "Import-Clixml": {"-Path"},
    "Test-Path": {"-Path"},
}  # fmt: skip
"""Cmdlets that read, with the parameters that they are given."""
LOCAL = {
    "Add-Type": {"-AssemblyName", *STOP},  # loads .NET's own zip
    "Export-Clixml": {"-Path", "-Encoding"},  # writes the evidence
    "ForEach-Object": set(),
    "Import-Module": {"-Name", *STOP},
    "Join-Path": set(),
    "New-Item": {"-ItemType", "-Path", *STOP},  # makes the folder
    "New-Object": {"-Property", "-ComObject", *STOP},
    "Select-Object": {"-Property"},
    "Set-ADServerSettings": {"-ViewEntireForest", *STOP},  # of this session only
    "Sort-Object": {"-Property", "-Descending"},
    "Start-Sleep": {"-Seconds", "-Milliseconds"},
    "Where-Object": set(),
    "Write-Host": set(),
    "Write-Progress": {"-Activity", "-Status", "-PercentComplete", "-Completed"},
    "Write-Warning": set(),
}
"""Cmdlets that change nothing but this session and what the script itself makes."""
READS = {
    *("OpenRemoteBaseKey", "OpenSubKey", "GetSubKeyNames", "GetValueNames"),
    *("GetValue", "GetValueKind", "Close", "GetBaseException", "GetType", "Items", "NameSpace"),
    *("Add", "ContainsKey", "Replace", "Split", "TrimEnd"),
    *("Open", "ReadLine", "Contains", "Match"),
}
WRITES_ITS_ZIP = {"WriteAllBytes", "CreateFromDirectory", "CopyHere", "Move"}
SCRIPT = Allowed(
    cmdlets={**READING, **LOCAL},
    exchange=re.compile(r"(?!)"),
    operators={*OPERATORS, "-is", "-isnot", "-notlike"},
    types={
        *("[string]", "[string[]]", "[int]", "[byte[]]", "[void]", "[switch]", "[DateTime]"),
        *("[Microsoft.Win32.RegistryKey]", "[System.Environment]", "[System.IO.File]"),
        "[System.IO.Compression.ZipFile]",
        "[System.Runtime.InteropServices.ExternalException]",
        "[System.Management.Automation.ActionPreferenceStopException]",
        "[System.Management.Automation.RuntimeException]",
    },
    methods=READS | WRITES_ITS_ZIP,
)
BY_STEM = {kind.stem: kind for kind in EVIDENCE}
ANSWERS = {**export_script.of_organization(), **export_script.of_server("HO-EX2010-MB1")}


def evidence(tmp_path: Path, *failed: export_script.Object) -> Snapshot:
    return collect_exports([write_evidence(tmp_path / "evidence", failed)], NOON)


def test_the_command_writes_the_shipped_script_and_tells_its_hash(tmp_path: Path) -> None:
    run = casaudit("export-script", "-o", tmp_path / "x.ps1")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "x.ps1").read_bytes() == PATH.read_bytes()
    assert hashlib.sha256(PATH.read_bytes()).hexdigest() in run.stdout


def test_version_2_runs_the_script_and_it_calls_only_what_reads() -> None:
    # $args is older than version 1, and used once, to refuse what it does not know.
    assert lint(export_script.text(), allowed=SCRIPT) == ["variable $args"]


CHANGES = [
    "Set-Mailbox -Identity $x",
    "Get-Mailbox -Filter 'x'",
    "Remove-Item -Path $x",
    "$key.SetValue('a', 1)",
    "$x.Delete()",
    "[System.Diagnostics.Process]::Start('x')",
    "Invoke-Expression $x",
    "Get-ChildItem -Path $x -File",
    "$a -in $b",
    "[pscustomobject]@{a=1}",
]


@pytest.mark.parametrize("source", CHANGES)
def test_the_lint_would_name_what_changes_and_what_version_2_lacks(source: str) -> None:
    assert lint(source, allowed=SCRIPT) != []


def test_keys_are_opened_for_reading_and_objects_of_others_are_not_made() -> None:
    script = export_script.text()
    # A second argument of OpenSubKey would ask for the right to write.
    assert re.findall(r"OpenSubKey\((.*?)\)", script) == ["$Path"]
    assert re.findall(r"-ComObject (\S+)", script) == ["Shell.Application"]
    assert re.findall(r"Set-ADServerSettings -ViewEntireForest (\$\w+)", script) == [
        "$true",
        "$false",
    ]


def test_writing_methods_touch_the_folder_and_the_zip_only() -> None:
    calls = re.findall(rf"({'|'.join(WRITES_ITS_ZIP)})\((\S+?)[,)]", export_script.text())
    assert sorted(calls) == [
        ("CopyHere", "[string]$file.FullName"),
        ("CreateFromDirectory", "$Folder"),
        ("Move", "$part"),
        ("WriteAllBytes", "$part"),
    ]


CONNECTED = {
    "a user without signs": (
        "2026-11-20T08:15:59.111Z,7,0,/o=Corp/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
        "/cn=Recipients/cn=zoe,,OUTLOOK.EXE,14.0.7172.5000,Cached,10.1.0.7,10.1.0.11,ncacn_ip_tcp,"
        ',Connect,0,00:00:00.0150000,"SID=S-1-5-21-1-2-3-1001, Flags=None",',
        ("2026-11-20", "OUTLOOK.EXE", "14.0.7172.5000"),
    ),
    "a user and an organisation with commas and quotation marks": (
        '2026-11-20T23:59:59.999Z,8,0,"/o=Corp, ""North""/cn=Recipients/cn=Doe, J","a,b",'
        "OUTLOOK.EXE,12.0.6607.1000,Classic,,,ncacn_http,,Connect,0,,,",
        ("2026-11-20", "OUTLOOK.EXE", "12.0.6607.1000"),
    ),
    "a client that names no version": (
        "2026-11-20T08:15:59.111Z,9,0,/o=Corp/cn=x,,OUTLOOK.EXE,,Cached,,,,,Connect,0,,,",
        None,
    ),
    "the head of a log": ("#Fields: date-time,session-id,seq-number,client-name", None),
}


@pytest.mark.parametrize("named", CONNECTED)
def test_of_a_line_of_the_log_day_client_and_version_are_taken(named: str) -> None:
    script, (row, expected) = export_script.text(), CONNECTED[named]
    (text,) = re.findall(r"\$text = '(.*)'", script)
    (head, tail) = re.findall(r"Regex \('(.*?)' \+ \$text \+ \$text \+ '(.*?)'\)", script)[0]
    found = re.match(head + text + text + tail, row)
    assert (found and found.groups()) == expected


def test_logs_are_opened_for_reading() -> None:
    opened = re.findall(r"File\]::Open\((.*?)\)", export_script.text())
    assert opened == ["$Path, 'Open', 'Read', 'ReadWrite'"]


def test_commands_of_exchange_stop_at_an_error() -> None:
    local = {"Get-ChildItem", "Get-Date", "Import-Clixml", "Test-Path"}
    calls = [(name, given) for name, given in commands(export_script.text()) if name in READING]
    assert [
        name for name, given in calls if name not in local and "-ErrorAction" not in given
    ] == []


def test_the_text_can_be_pasted() -> None:
    raw = PATH.read_bytes()
    lines = raw.decode("ascii").split("\r\n")
    # A tab would complete a name, and a shell runs a block when an empty line comes behind it.
    assert b"\t" not in raw
    assert lines[-3:] == [
        "} $OutputFolder $Server $SkipRemote $ClientVersions $NoZip $args",
        "",
        "",
    ]
    assert raw.count(b"\n") == raw.count(b"\r\n") == len(lines) - 1
    outside = [line for line in lines if line[:1] not in {"", " ", "#", ")"}]
    assert outside == ["param(", "& {", lines[-3]]
    assert not re.search(r"Read-Host|\bexit\b|`$", export_script.text(), re.MULTILINE)


def test_help_describes_every_parameter() -> None:
    script = export_script.text()
    outer = re.findall(r"^    \[[a-z\[\]]+\]\$(\w+)", script.partition("\n)\n")[0], re.MULTILINE)
    assert re.findall(r"^# \.PARAMETER (\w+)", script, re.MULTILINE) == outer
    assert script.startswith("# .SYNOPSIS\n")


def test_the_script_asks_for_every_kind_of_file_and_no_other() -> None:
    assert sorted(questions()) == sorted(BY_STEM)


@pytest.mark.parametrize("stem", sorted(BY_STEM))
def test_script_and_reader_agree_which_list_may_be_empty(stem: str) -> None:
    assert questions()[stem].may_be_empty == BY_STEM[stem].may_be_empty


@pytest.mark.parametrize("stem", sorted(BY_STEM))
def test_what_the_script_picks_is_all_that_the_reader_asks_for(stem: str, tmp_path: Path) -> None:
    asked = questions()[stem]
    for each in ANSWERS[stem]:
        assert frozenset(each) == asked.properties
    name = f"{stem}-EX1.xml" if asked.per_server else f"{stem}.xml"
    (tmp_path / name).write_bytes(export_script.exported(ANSWERS[stem]))
    found = collect_exports([tmp_path], NOON)
    assert found.gaps == ()
    records = [each for field in BY_STEM[stem].sections for each in getattr(found, field, ())]
    assert [each for each in records if getattr(each, "unread", ())] == []
    assert {found.status(each) for each in BY_STEM[stem].sections} == {Status.COMPLETE}


SELECTED = [
    (stem, f"Selected.Microsoft.Exchange.{name}")
    for stem, name in {
        "arbitration": "Data.Directory.Management.Mailbox",
        "arrays": "Data.Directory.SystemConfiguration.ClientAccessArray",
        "asa": "Data.Directory.Management.ClientAccessServer",
        "certs": "Management.SystemConfigurationTasks.ExchangeCertificate",
        "copies": "Management.SystemConfigurationTasks.DatabaseCopyStatusEntry",
        "databases": "Data.Directory.SystemConfiguration.MailboxDatabase",
        "mailboxes": "Data.Directory.Management.Mailbox",
        "oab": "Data.Directory.SystemConfiguration.OfflineAddressBook",
        "organization": "Data.Directory.Management.OrganizationConfig",
        "providers": "Data.Directory.SystemConfiguration.OutlookProvider",
        "rpc": "Data.Directory.SystemConfiguration.ExchangeRpcClientAccess",
        "servers": "Data.Directory.Management.ExchangeServer",
    }.items()
]
"""Where the cmdlets run in the shell's own process, Select-Object names the type behind."""


@pytest.mark.parametrize(("stem", "selected"), SELECTED)
def test_what_was_selected_of_live_objects_is_the_same(
    stem: str, selected: str, tmp_path: Path
) -> None:
    (tmp_path / f"{stem}-EX1.xml").write_bytes(export_script.exported(ANSWERS[stem], selected))
    found = collect_exports([tmp_path], NOON)
    assert found.gaps == ()
    assert {found.status(each) for each in BY_STEM[stem].sections} == {Status.COMPLETE}


def test_only_whole_objects_and_what_has_none_come_without_a_selection() -> None:
    assert {stem for stem, each in questions().items() if not each.properties} == {
        "nlb",
        "nlb-cluster",
    }


def test_what_the_script_leaves_is_read_whole(tmp_path: Path) -> None:
    found = evidence(tmp_path)
    assert found.gaps == ()
    assert {each.name for each in found.sections} == EXPORTED
    assert {each.status for each in found.sections} == {Status.COMPLETE}
    servers = {each.name for each in export_script.sample().servers}
    assert {each.server for each in found.server_builds} == servers
    assert {each.server for each in found.store_certificates} == servers


FAILED = {
    "a server that does not answer": (
        failure(
            "services",
            "BR-EX2010-MB",
            "System.Runtime.InteropServices.COMException",
            "0x800706BA",
        ),
        SectionName.SERVICE_STATES,
        Reason.UNREACHABLE,
    ),
    "an account without the right": (
        failure("build", "BR-EX2010-MB", "System.UnauthorizedAccessException"),
        SectionName.SERVER_BUILDS,
        Reason.REFUSED,
    ),
    "a registry that is not served": (
        failure("ports", "BR-EX2010-MB", "System.IO.IOException"),
        SectionName.RPC_PORTS,
        Reason.UNREACHABLE,
    ),
    "a role without the cmdlet": (
        failure("rpc", None, "System.Management.Automation.CommandNotFoundException"),
        SectionName.RPC_CLIENT_ACCESS,
        Reason.REFUSED,
    ),
    "an error that came over remoting": (
        failure(
            "asa",
            "BR-EX2010-MB",
            "System.Management.Automation.RemoteException",
            category="ResourceUnavailable",
        ),
        SectionName.ALTERNATE_SERVICE_ACCOUNTS,
        Reason.UNREACHABLE,
    ),
    "anything else": (
        failure("certs", "BR-EX2010-MB", "System.Management.Automation.RemoteException"),
        SectionName.STORE_CERTIFICATES,
        Reason.SERVER_FAILURE,
    ),
}


@pytest.mark.parametrize("name", FAILED)
def test_what_failed_is_a_gap_of_its_own_kind_and_leaves_others_alone(
    name: str, tmp_path: Path
) -> None:
    note, section, reason = FAILED[name]
    found = evidence(tmp_path, note)
    assert [(gap.section, gap.reason) for gap in found.gaps] == [(section, reason)]
    (gap,) = found.gaps
    assert gap.subject == "file:failures.xml"
    assert gap.detail.startswith(str(note["Server"] or note["FailedExport"]))
    assert "Zoe" not in gap.detail
    assert found.status(section) is (Status.PARTIAL if note["Server"] else Status.FAILED)
    others = {each.status for each in found.sections if each.name is not section}
    assert others == {Status.COMPLETE}


def test_mailboxes_that_failed_lack_in_both_kinds_that_they_fill(tmp_path: Path) -> None:
    found = evidence(tmp_path, failure("mailboxes", None, "System.TimeoutException"))
    lost = {SectionName.MAILBOXES, SectionName.MAIL_DOMAINS}
    assert {(gap.section, gap.reason) for gap in found.gaps} == {
        (section, Reason.TIMEOUT) for section in lost
    }


def test_a_failure_of_something_unknown_is_told_and_not_repeated(tmp_path: Path) -> None:
    odd = failure("Remove-Mailbox", "EX1", "no type; Zoe")
    worse = failure("rpc", "EX1", "no type; Zoe", "0xZZ")
    found = evidence(tmp_path, odd, worse)
    assert {gap.section for gap in found.gaps} == {
        SectionName.EXPORTS,
        SectionName.RPC_CLIENT_ACCESS,
    }
    assert not any(word in gap.detail for gap in found.gaps for word in ("Zoe", "0xZZ", "Remove"))


def audited(source: Path, output: Path) -> list[tuple[str, str, str]]:
    run = casaudit("audit", DIRECTORY, source, "--no-dns", "--no-tls", "-o", output)
    assert run.returncode in {0, 1, 3}, run.stderr
    return [(r["rule_id"], r["subject"]["name"], r["verdict"]) for r in results(output)]


def test_folder_and_zip_of_a_run_are_audited_alike(tmp_path: Path) -> None:
    folder = write_evidence(tmp_path / "evidence")
    archive = tmp_path / "evidence.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for file in folder.iterdir():
            made.write(file, file.name)
    found = audited(folder, tmp_path / "a")
    assert found == audited(archive, tmp_path / "b")
    assert ("CAS-SERVER-005", "HO-EX2010-MB1", "pass") in found


def test_a_server_that_failed_is_not_judged_and_the_others_are(tmp_path: Path) -> None:
    lost = [
        failure(stem, "HO-EX2010-MB2", "System.UnauthorizedAccessException")
        for stem, asked in questions().items()
        if asked.per_server
    ]
    whole = audited(write_evidence(tmp_path / "whole"), tmp_path / "a")
    found = audited(write_evidence(tmp_path / "evidence", lost), tmp_path / "b")
    assert ("CAS-SERVER-005", "HO-EX2010-MB1", "pass") in found
    assert ("CAS-SERVER-005", "HO-EX2010-MB2", "not_evaluated") in found
    assert ("CAS-SERVER-005", "HO-EX2010-MB2", "pass") in whole
    passed = {each[:2] for each in whole if each[2] == "pass"}
    assert {each[:2] for each in found if each[2] == "pass"} <= passed


def test_no_blank_line_stands_in_the_block_that_is_pasted() -> None:
    # The console of PowerShell takes an empty line for the end of what is pasted.
    block = export_script.text().partition("\n& {\n")[2]
    assert block
    assert [line for line in block.rstrip("\n").split("\n") if not line.strip()] == []


def test_files_are_written_in_a_session_that_only_rehearses() -> None:
    script = export_script.text()
    assert script.index("$WhatIfPreference = $false") < script.index("Export-Clixml -Path")
