"""The organisation for measurements is as large and as faulty as it says."""

from casaudit.cli.files import MAX_INPUT
from casaudit.snapshot import Snapshot, dumps, loads
from casaudit.snapshot.reading import MAX_BYTES
from tests.support.scale import large_snapshot


def _own_array(found: Snapshot) -> set[str]:
    """Return the databases that point at the array of their own site, told by its number."""
    ends = {each.name: each.endpoint_legacy_dn or "" for each in found.databases}
    return {
        name for name, end in ends.items() if end.endswith(f"=outlook-{name[2:6]}.corp.example")
    }


def test_a_large_snapshot_is_a_snapshot_and_the_same_every_time() -> None:
    data = dumps(large_snapshot(100))
    assert dumps(loads(data, "large")) == data == dumps(large_snapshot(100))


def test_it_has_ten_databases_per_server_and_fifty_per_site() -> None:
    found = large_snapshot(1000)
    sizes = len(found.databases), len(found.servers), len(found.sites)
    assert sizes == (1000, 100, 20)


def test_a_small_one_has_thirty_databases_on_ten_servers() -> None:
    found = large_snapshot(30, per_site=15)
    assert (len(found.databases), len(found.servers), len(found.sites)) == (30, 10, 2)


def test_about_one_database_in_twenty_points_elsewhere() -> None:
    found = large_snapshot(2000)
    assert 60 <= len(found.databases) - len(_own_array(found)) <= 140


def test_what_can_be_written_of_100_000_databases_can_be_read_twice_over() -> None:
    per_database = len(dumps(large_snapshot(500))) / 500
    assert 2 * 100_000 * per_database < MAX_BYTES <= MAX_INPUT
