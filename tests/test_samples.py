"""The committed samples are what their organisations give today, whichever way they are read."""

from collections.abc import Callable

import pytest

from casaudit.collect.ldif_directory import open_exports
from casaudit.shipped import SAMPLES
from casaudit.snapshot import EXPORTED, Array, Database, Snapshot, Status, loads
from tests.forest import COLLECTED_AT, snapshot
from tests.make_samples import REPORTED, report_files, sample_files
from tests.support.organisations import ORGANISATIONS
from tests.support.running import REPORTS

NEVER_ASKED = {"http", "principals", *EXPORTED}


def committed(name: str) -> Snapshot:
    path = SAMPLES / name / "snapshot.json"
    return loads(path.read_bytes(), str(path))


def endpoints(found: Snapshot) -> dict[str, str]:
    return {
        each.name: (each.endpoint_legacy_dn or "").rpartition("=")[2] for each in found.databases
    }


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_making_a_sample_again_changes_no_byte(name: str) -> None:
    made = sample_files(ORGANISATIONS[name]())
    assert {file: (SAMPLES / name / file).read_bytes() for file in made} == made


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_the_committed_export_gives_the_committed_snapshot(name: str) -> None:
    export, _ = open_exports([SAMPLES / name / "directory.ldf"], COLLECTED_AT)
    assert snapshot(ORGANISATIONS[name](), export) == committed(name)


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_a_sample_lacks_nothing_that_was_asked_for(name: str) -> None:
    found = committed(name)
    incomplete = {s.name.value: s.status for s in found.sections if s.status != Status.COMPLETE}
    assert incomplete == dict.fromkeys(NEVER_ASKED, Status.NOT_COLLECTED)
    assert found.gaps == ()


def test_article_a_is_as_printed() -> None:
    found = committed("article-a")
    assert endpoints(found) == {
        "MB-HO-01": "HO-EX2010-MB1",
        "MB-HO-02": "HO-EX2010-MB1",
        "MB-HO-03": "HO-EX2010-MB1",
        "MB-BR-01": "BR-EX2010-MB",
        "RDB-HO-01": "HO-EX2010-MB1",
    }
    assert [each.name for each in found.databases if each.recovery] == ["RDB-HO-01"]
    (array,) = found.arrays
    assert (array.name, array.fqdn) == ("cas-headoffice", "outlook-ho.exchangeserverpro.net")
    assert array.site_dn == "CN=HeadOffice,CN=Sites,CN=Configuration,DC=exchangeserverpro,DC=net"
    assert all(is_older(each, array) for each in found.databases)


def is_older(database: Database, array: Array) -> bool:
    return bool(database.created and array.created and database.created < array.created)


def test_in_article_b_every_database_points_at_the_first_sites_array() -> None:
    names = ("BJ-DB01", "BJ-DB02", "BJ-RDB", "SH-DB01", "SH-DB02")
    assert endpoints(committed("article-b")) == dict.fromkeys(names, "bj-cas.lab.net")


@pytest.fixture(scope="module")
def reports() -> dict[str, bytes]:
    return report_files(REPORTED)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_the_shipped_reports_are_those_that_the_demo_makes(
    name: str, reports: dict[str, bytes], golden: Callable[[str, bytes], None]
) -> None:
    golden(f"{REPORTED}/{name}", reports[name])


def test_every_report_is_shipped(reports: dict[str, bytes]) -> None:
    assert reports.keys() == REPORTS
