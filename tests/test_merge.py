"""Several sources make one snapshot: order is nothing, contradictions show, nothing vanishes."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from casaudit.collect.exchange import collect_directory
from casaudit.errors import SourceError
from casaudit.snapshot import (
    Controller,
    DnsAnswer,
    DnsStatus,
    DnsView,
    Gap,
    Reason,
    Section,
    SectionName,
    Snapshot,
    Source,
    Status,
    dumps,
    merge,
)
from tests.forest import COLLECTED_AT, Forest, ForestDirectory, snapshot
from tests.forest.objects import INSTALLED
from tests.support.organisations import article_a, healthy

LIVE, FILE = "ldaps://dc1", "file:export.ldf"
NAMES = SectionName


def seen(forest: Forest, origin: str, **changes: Any) -> Snapshot:
    """Return what a collection sees, as a source of its own."""
    found = collect_directory(ForestDirectory(forest), origin, COLLECTED_AT)
    controller = Controller(origin=origin, bind="file", protection="file")
    return found.model_copy(update={"controllers": (controller,), **changes})


def standing(found: Snapshot, section: SectionName, status: Status) -> tuple[Section, ...]:
    return tuple(
        each.model_copy(update={"status": status}) if each.name is section else each
        for each in found.sections
    )


def conflicts(found: Snapshot) -> list[tuple[SectionName, str, str]]:
    return [(g.section, g.subject, g.detail) for g in found.gaps if g.reason is Reason.CONFLICT]


def test_one_source_stays_as_it_is() -> None:
    found = seen(healthy(), LIVE)
    assert merge([found]) is found


def test_the_same_organisation_twice_is_itself() -> None:
    found = snapshot(healthy())
    twice = merge([found, found])
    counted = tuple(
        each.model_copy(update={"asked": each.asked * 2, "answered": each.answered * 2})
        for each in found.sections
    )
    assert dumps(twice) == dumps(found.model_copy(update={"sections": counted}))


def moved(when: int | None = None) -> Forest:
    """The healthy organisation with one database pointed elsewhere, so many days later."""
    found = healthy()
    found.database("DB-HO-01").endpoint = "EX1"
    if when is not None:
        changed = (INSTALLED + timedelta(days=when)).strftime("%Y%m%d%H%M%S.0Z").encode()
        found.overrides = {found.tree.database("DB-HO-01"): {"whenChanged": changed}}
    return found


@pytest.mark.parametrize(
    ("days", "endpoint", "unread"),
    [
        (1, "EX1", ()),
        (-1, "outlook-ho.corp.example", ()),
        (None, None, ("endpoint_legacy_dn", "legacy_exchange_dn")),
    ],
    ids=["changed later", "changed before", "changed at the same time"],
)
def test_the_later_change_counts_and_both_values_are_told(
    days: int | None, endpoint: str | None, unread: tuple[str, ...]
) -> None:
    tree = healthy().tree
    one, two = seen(healthy(), LIVE), seen(moved(days), FILE)
    found = merge([one, two])
    assert dumps(found) == dumps(merge([two, one]))
    database = next(each for each in found.databases if each.name == "DB-HO-01")
    assert database.endpoint_legacy_dn == (endpoint and tree.endpoint(endpoint))
    assert database.unread == unread
    ((section, subject, detail),) = conflicts(found)
    assert (section, subject) == (NAMES.DATABASES, database.dn)
    for value in ("EX1", "outlook-ho.corp.example"):
        assert f"{tree.endpoint(value)!r} (file:directory.ldf)" in detail
    assert found.status(NAMES.DATABASES) is Status.COMPLETE


def test_the_later_source_counts_where_the_directory_dates_both_alike() -> None:
    late = seen(moved(), FILE)
    late = Snapshot.model_validate_json(
        dumps(late).replace(b"2026-11-15T06:00:00Z", b"2026-11-16T06:00:00Z")
    )
    found = merge([seen(healthy(), LIVE), late])
    database = next(each for each in found.databases if each.name == "DB-HO-01")
    assert database.endpoint_legacy_dn == healthy().tree.endpoint("EX1")


def test_the_order_of_sources_is_nothing() -> None:
    lost = healthy()
    lost.arrays.pop()
    sources = [seen(healthy(), LIVE), seen(moved(3), FILE), seen(lost, "ldaps://dc2")]
    first, *others = [dumps(merge(each)) for each in permutations(sources)]
    assert set(others) == {first}


def test_a_difference_in_case_or_source_is_none() -> None:
    other = healthy()
    other.server("EX1").fqdn = "ex1.CORP.example"
    other.overrides = {other.tree.server("EX1"): {"uSNChanged": 1}}
    assert conflicts(merge([seen(healthy(), LIVE), seen(other, FILE)])) == []


def test_what_a_source_could_not_read_contradicts_nobody() -> None:
    other = healthy()
    dn = other.tree.database("DB-HO-01")
    other.overrides = {dn: {"legacyExchangeDN": b"\xff"}}
    found = merge([seen(healthy(), LIVE), seen(other, FILE)])
    assert conflicts(found) == []
    assert [(gap.subject, gap.reason) for gap in found.gaps] == [(dn, Reason.MALFORMED)]
    database = next(each for each in found.databases if each.dn == dn)
    assert (database.unread, database.endpoint_legacy_dn) == (
        (),
        other.tree.endpoint("outlook-ho.corp.example"),
    )


def test_an_object_without_guid_is_known_by_its_name() -> None:
    other = healthy()
    dn = other.tree.server("EX1")
    other.overrides = {dn: {"objectGUID": None}}
    found = merge([seen(healthy(), LIVE), seen(other, FILE)])
    assert len(found.servers) == 4
    assert conflicts(found) == []


def test_a_complete_source_that_lacks_an_object_is_not_complete() -> None:
    other = healthy()
    lost = other.databases.pop(0)
    found = merge([seen(other, LIVE), seen(healthy(), FILE)])
    dn = other.tree.database(lost.name)
    assert (NAMES.DATABASES, dn, f"not in {LIVE}, which was read in full") in conflicts(found)
    assert found.status(NAMES.DATABASES) is Status.COMPLETE  # the other source has them all


def test_two_complete_sources_that_each_lack_something_are_partial() -> None:
    first, second = healthy(), healthy()
    first.arrays.pop(0)
    second.arrays.pop(1)
    found = merge([seen(first, LIVE), seen(second, FILE)])
    assert {each.name for each in found.arrays} == {"outlook-ho", "outlook-br"}
    assert found.status(NAMES.ARRAYS) is Status.PARTIAL
    assert len(conflicts(found)) == 2


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (Status.COMPLETE, Status.FAILED, Status.COMPLETE),
        (Status.PARTIAL, Status.COMPLETE, Status.COMPLETE),
        (Status.PARTIAL, Status.FAILED, Status.PARTIAL),
        (Status.FAILED, Status.NOT_COLLECTED, Status.FAILED),
        (Status.NOT_COLLECTED, Status.NOT_COLLECTED, Status.NOT_COLLECTED),
    ],
)
def test_a_section_of_the_directory_is_as_good_as_its_best_source(
    first: Status, second: Status, wanted: Status
) -> None:
    one, two = seen(healthy(), LIVE), seen(healthy(), FILE)
    one = one.model_copy(update={"sections": standing(one, NAMES.ARRAYS, first)})
    two = two.model_copy(update={"sections": standing(two, NAMES.ARRAYS, second)})
    assert merge([one, two]).status(NAMES.ARRAYS) is wanted
    assert merge([two, one]).status(NAMES.ARRAYS) is wanted


def answer(name: str, status: DnsStatus, origin: str) -> DnsAnswer:
    return DnsAnswer(
        view=DnsView.INTERNAL,
        resolver="10.0.0.53:53",
        name=name,
        record_type="A",
        status=status,
        source=Source(origin=origin, at=COLLECTED_AT),
    )


def resolved(status: Status, *answers: DnsAnswer) -> Snapshot:
    section = Section(name=NAMES.DNS_INTERNAL, status=status, asked=1, answered=1)
    return Snapshot(
        tool_version="0", collected_at=COLLECTED_AT, dns_answers=answers, sections=(section,)
    )


def test_what_each_source_asked_on_its_own_is_as_good_as_the_worst() -> None:
    one = resolved(Status.COMPLETE, answer("a.example", DnsStatus.NXDOMAIN, "x"))
    two = resolved(Status.PARTIAL, answer("b.example", DnsStatus.TIMEOUT, "y"))
    three = Snapshot(tool_version="0", collected_at=COLLECTED_AT)
    found = merge([three, one, two])
    assert [each.name for each in found.dns_answers] == ["a.example", "b.example"]
    assert found.status(NAMES.DNS_INTERNAL) is Status.PARTIAL
    assert conflicts(found) == []


def test_an_answer_that_changed_is_a_conflict() -> None:
    one = resolved(Status.COMPLETE, answer("a.example", DnsStatus.NXDOMAIN, "x"))
    two = resolved(Status.COMPLETE, answer("a.example", DnsStatus.NO_DATA, "y"))
    ((section, subject, _),) = conflicts(merge([one, two]))
    assert (section, subject) == (NAMES.DNS_INTERNAL, "a.example internal 10.0.0.53:53 A")


def test_the_evidence_is_as_old_as_its_latest_part() -> None:
    one = seen(healthy(), LIVE)
    two = seen(healthy(), FILE, collected_at=COLLECTED_AT + timedelta(days=2))
    assert merge([one, two]).collected_at == COLLECTED_AT + timedelta(days=2)


def test_nothing_that_was_not_seen_vanishes() -> None:
    gap = Gap(section=NAMES.ARRAYS, subject="CN=Arrays", reason=Reason.HIDDEN, detail="why")
    found = merge([seen(healthy(), LIVE, gaps=(gap,)), seen(healthy(), FILE)])
    assert found.gaps == (gap,)
    assert [each.origin for each in found.controllers] == [FILE, LIVE]


def test_two_organisations_are_refused() -> None:
    with pytest.raises(SourceError, match="describes the organisation 'ESP'") as caught:
        merge([seen(healthy(), LIVE), seen(article_a(), FILE)])
    assert caught.value.subject == FILE
