"""The collection of directory evidence against a real controller, well and badly behaved."""

import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casaudit.collect.exchange import collect_directory
from casaudit.collect.ldap import (
    Credentials,
    Limits,
    LiveDirectory,
    Password,
    Trust,
    open_directory,
)
from casaudit.collect.ldif_directory import open_exports
from casaudit.collect.ports import Query, SearchResult
from casaudit.errors import SourceError
from casaudit.snapshot import Reason, Record, SectionName, Snapshot, Status
from tests.lab import addresses, crowd
from tests.lab.accounts import AUDITOR, BLIND, EXCLUDED, Account
from tests.lab.directory import LDAPS_PORT, Directory
from tests.lab.faults import Fault, FaultProxy
from tests.lab.recorder import Recorder
from tests.lab.whole import Lab

pytestmark = pytest.mark.lab

LDAPS = f"ldaps://{addresses.DIRECTORY}"
LDAP = f"ldap://{addresses.DIRECTORY}"
QUICK = Limits(connect=2, receive=2, operation=2, query=4, total=10)
NOT_COMPARED = {"source", "schema_version", "unread"}  # the export holds no schema partition


def credentials(account: Account) -> Credentials:
    return Credentials("simple", account.user, Password(account.password))


def collected(
    lab: Lab,
    url: str = LDAPS,
    account: Account = AUDITOR,
    *,
    trust: Trust | None = None,
    limits: Limits | None = None,
) -> Snapshot:
    trust = trust or Trust(lab.ca_file)
    with open_directory(url, credentials(account), trust, limits) as directory:
        found = collect_directory(directory, directory.origin, datetime.now(UTC))
        return found.model_copy(update={"controllers": (directory.controller(),)})


def incomplete(found: Snapshot) -> dict[SectionName, Status]:
    return {s.name: s.status for s in found.sections if s.status is not Status.COMPLETE}


def records(found: Snapshot) -> dict[str, list[dict[str, Any]]]:
    """Return the records of a snapshot without what tells where they were read."""
    return {
        name: [record.model_dump(exclude=NOT_COMPARED) for record in value]
        for name, value in found
        if name not in {"sections", "controllers", "gaps"}
        and isinstance(value, tuple)
        and all(isinstance(record, Record) for record in value)
    }


def export(lab: Lab, directory: Directory, path: Path) -> Path:
    """Write what OpenLDAP's own program reads of the configuration partition."""
    command = [
        *("ldapsearch", "-L", "-x", "-H", f"ldaps://{directory.address}"),
        *("-D", AUDITOR.user, "-w", AUDITOR.password, "-E", "pr=500/noprompt"),
        *("-b", directory.where.configuration, "(objectClass=*)", "*"),
    ]
    environment = {**os.environ, "LDAPTLS_CACERT": str(lab.ca_file)}
    done = subprocess.run(command, capture_output=True, env=environment, check=True)
    path.write_bytes(done.stdout)
    return path


def test_the_controller_gives_the_records_of_its_export(lab: Lab, tmp_path: Path) -> None:
    live = collected(lab)
    path = export(lab, lab.directory, tmp_path / "all.ldf")
    exported, _ = open_exports([path], live.collected_at)
    read = collect_directory(exported, "all.ldf", live.collected_at)
    assert records(live) == records(read)
    assert incomplete(live) == incomplete(read) == {}
    assert (live.gaps, read.gaps) == ((), ())


@pytest.mark.parametrize(
    ("url", "protection", "sent"),
    [
        (LDAPS, "ldaps", {"bind", "search"}),
        (LDAP, "starttls", {"bind", "search", "startTLS"}),
    ],
)
def test_the_controller_is_recorded(lab: Lab, url: str, protection: str, sent: set[str]) -> None:
    (controller,) = collected(lab, url).controllers
    assert controller.dns_host_name == addresses.CONTROLLER_NAME
    assert (controller.origin, controller.address) == (url, addresses.DIRECTORY)
    assert (controller.bind, controller.protection) == ("simple", protection)
    assert set(controller.operations) == sent
    assert controller.usn_start == controller.usn_end


REFUSED = {
    "a bind in clear": (
        LDAP,
        AUDITOR,
        "ca_file",
        True,
        "result 8 .*Transport encryption",
        "ldaps://",
    ),
    "a wrong password": (
        LDAPS,
        Account(AUDITOR.name, "not the password"),
        "ca_file",
        False,
        "result 49 ",
        "password is wrong",
    ),
    "an unknown authority": (LDAPS, AUDITOR, "wrong_ca_file", False, "not trusted", "--ca-file"),
    "an unknown authority after StartTLS": (
        *(LDAP, AUDITOR, "wrong_ca_file", False, "not trusted", "--ca-file"),
    ),
    "a name that is not on the certificate": (
        f"ldaps://localhost.localdomain:{LDAPS_PORT}",
        *(AUDITOR, "ca_file", False, "cannot be|not trusted", ""),
    ),
}


@pytest.mark.parametrize(
    ("url", "account", "ca_file", "plaintext", "problem", "hint"), REFUSED.values(), ids=REFUSED
)
def test_what_is_refused_is_said_with_a_hint(
    lab: Lab, url: str, account: Account, ca_file: str, plaintext: bool, problem: str, hint: str
) -> None:
    trust = Trust(getattr(lab, ca_file), allow_plaintext=plaintext)
    with pytest.raises(SourceError, match=problem) as caught:
        collected(lab, url, account, trust=trust)
    assert hint in caught.value.hint
    assert account.password not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("account", [BLIND, EXCLUDED], ids=["inside", "with their container"])
def test_hidden_arrays_are_not_taken_for_none(lab: Lab, account: Account) -> None:
    found = collected(lab, account=account)
    assert found.arrays == ()
    assert incomplete(found) == {SectionName.ARRAYS: Status.PARTIAL}
    assert {gap.reason for gap in found.gaps} == {Reason.HIDDEN}
    assert any("CN=cas-headoffice,CN=Arrays," in gap.subject for gap in found.gaps)


def test_an_anonymous_bind_reads_nothing_and_says_so(lab: Lab) -> None:
    with (
        open_directory(LDAPS, Credentials("anonymous"), Trust(lab.ca_file)) as directory,
        pytest.raises(SourceError, match="not without credentials"),
    ):
        collect_directory(directory, LDAPS, datetime.now(UTC))


def test_pages_and_ranges_of_a_windows_controller_come_whole(lab: Lab, crowded: Directory) -> None:
    with lab.windows_limits(crowded.address):
        found = collected(lab, f"ldaps://{addresses.LIMITS}")
    names = {each.name for each in found.databases}
    assert names >= set(crowd.database_names())
    wide = next(each for each in found.service_connection_points if each.name == "wide")
    assert len(wide.keywords) == crowd.SITE_SCOPES + 1
    assert incomplete(found) == {}


def test_samba_s_unchanging_cookie_is_followed_to_the_end(lab: Lab, crowded: Directory) -> None:
    found = collected(lab, f"ldaps://{crowded.address}")
    assert {each.name for each in found.databases} >= set(crowd.database_names())
    assert len(found.database_copies) == len(found.databases)
    assert incomplete(found) == {}


def test_only_reading_is_sent_and_counted_right(lab: Lab, recorder: Recorder) -> None:
    (controller,) = collected(lab, f"ldaps://{addresses.RECORDER}").controllers
    assert recorder.forbidden == Counter()
    assert recorder.operations == Counter(controller.operations) + Counter(unbind=1)


class At:
    """Passes queries on, and does something just before one of them."""

    def __init__(self, directory: LiveDirectory, number: int, action: Callable[[], object]) -> None:
        self._directory = directory
        self._left = number
        self._action = action

    def search(self, query: Query) -> SearchResult:
        self._left -= 1
        if self._left == 0:
            self._action()
        return self._directory.search(query)


def test_a_controller_that_is_killed_leaves_what_was_read(lab: Lab) -> None:
    other = lab.other_directory(lab.export)
    url = f"ldaps://{other.address}"
    with other, open_directory(url, credentials(AUDITOR), Trust(lab.ca_file), QUICK) as directory:
        found = collect_directory(At(directory, 10, other.kill), url, datetime.now(UTC))
        assert directory.controller().usn_end is None
        other.start()
    assert len(found.servers) == 3
    assert found.status(SectionName.VIRTUAL_DIRECTORIES) is Status.FAILED
    assert {gap.reason for gap in found.gaps} == {Reason.UNREACHABLE}


def test_a_controller_that_falls_silent_is_left_in_time(lab: Lab) -> None:
    limits = Limits(connect=1, receive=1, operation=1, query=2, total=6)
    with (
        ExitStack() as stack,
        open_directory(LDAPS, credentials(AUDITOR), Trust(lab.ca_file), limits) as directory,
    ):
        silence = At(directory, 10, lambda: stack.enter_context(lab.directory.frozen()))
        found = collect_directory(silence, LDAPS, datetime.now(UTC))
    assert len(found.servers) == 3
    assert found.status(SectionName.VIRTUAL_DIRECTORIES) is Status.FAILED
    # The limit is that of the whole collection, which a search too many may reach.
    assert {gap.reason for gap in found.gaps} <= {
        Reason.TIMEOUT,
        Reason.UNREACHABLE,
        Reason.LIMIT,
    }


@pytest.mark.parametrize("after", range(3_000, 60_000, 3_001))
def test_a_connection_cut_anywhere_is_survived(lab: Lab, after: int) -> None:
    """Every byte that arrives before the cut may be the last; a second connection is cut too."""
    with FaultProxy(addresses.FAULTS, LDAPS_PORT, addresses.DIRECTORY, after=after):
        try:
            found = collected(lab, f"ldaps://{addresses.FAULTS}", limits=QUICK)
        except SourceError:
            return
    assert bool(incomplete(found)) == any(g.reason is Reason.UNREACHABLE for g in found.gaps)


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.SILENCE, Fault.DRIP, Fault.GARBAGE])
def test_a_fault_costs_what_it_hid_and_no_more(lab: Lab, fault: Fault) -> None:
    with FaultProxy(addresses.FAULTS, LDAPS_PORT, addresses.DIRECTORY, after=9_000, fault=fault):
        try:
            found = collected(lab, f"ldaps://{addresses.FAULTS}", limits=QUICK)
        except SourceError:
            found = None
    assert found is None or incomplete(found)


def test_an_interrupt_gives_what_was_seen_until_then(lab: Lab) -> None:
    with (
        ExitStack() as stack,
        open_directory(LDAPS, credentials(AUDITOR), Trust(lab.ca_file)) as directory,
    ):

        def stop_soon() -> None:
            stack.enter_context(lab.directory.frozen())
            main = threading.main_thread().ident or 0
            threading.Timer(0.5, signal.pthread_kill, (main, signal.SIGINT)).start()

        found = collect_directory(At(directory, 10, stop_soon), LDAPS, datetime.now(UTC))
        assert directory.controller().usn_end is None
    assert len(found.servers) == 3
    assert {gap.reason for gap in found.gaps} == {Reason.INTERRUPTED}
