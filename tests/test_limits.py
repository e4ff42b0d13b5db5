"""Long values and long lists: what is judged, what costs its own record, and never the report."""

import copy
import json
from typing import Any

import pytest

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_exports import Document
from casaudit.findings import Assessment, Verdict
from casaudit.report import FORMATS
from casaudit.snapshot import Gap, Reason, SectionName, Snapshot, Status, loads
from casaudit.snapshot.limits import MAX_LIST, MAX_TEXT, within_limits
from tests.support.shipped_rules import book, sample


def _read(document: Document) -> Snapshot:
    return loads(json.dumps(document).encode(), "long")


def _judged(document: Document) -> Assessment:
    return assess(_read(document), book(), Question(), sha256="0" * 64)


def _changed(kind: str, whose: str, **fields: Any) -> Document:
    document = copy.deepcopy(sample())
    (record,) = (r for r in document[kind] if whose in (r.get("name"), r.get("common_name")))
    record |= fields
    return document


def _crowded(number: int) -> Document:
    """The healthy organisation with so many more databases like its first."""
    document = copy.deepcopy(sample())
    first = document["databases"][0]
    copies = [c for c in document["database_copies"] if c["database_dn"] == first["dn"]]
    for at in range(number):
        dn = first["dn"].replace(first["name"], f"DB-HO-{at:05}")
        mine = {"id": f"{at:08}-0000-4000-8000-000000000000", "name": f"DB-HO-{at:05}", "dn": dn}
        document["databases"].append(first | mine)
        document["database_copies"] += [
            each
            | {
                "id": f"{at:08}-0000-4000-8000-00000000000{place}",
                "dn": each["dn"].replace(first["dn"], dn),
                "database_dn": dn,
            }
            for place, each in enumerate(copies, 1)
        ]
    return document


MAIL = "mail.corp.example"
LONG = {
    "20,000 subnets of a site": _changed(
        "sites", "HeadOffice", subnets=[f"10.{at >> 8}.{at & 255}.0/24" for at in range(20_000)]
    ),
    "10,000 names on a certificate": _changed(
        "certificates",
        MAIL,
        dns_names=[MAIL, *(f"host-{at:05}.departments.corp.example" for at in range(10_000))],
    ),
    "2,500 databases in a site": _crowded(2_500),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", LONG)
def test_long_lists_are_judged_by_every_rule_and_told_in_full_reports(what: str) -> None:
    found = _judged(LONG[what])
    assert found.gaps == ()
    assert [f.rule.id for f in found.findings if "rule failed" in (f.reason or "")] == []
    assert all(FORMATS[name](found) for name in ("html", "json", "ps1"))


def test_an_endless_name_costs_the_verdicts_that_rest_on_it() -> None:
    endless = "a" * 300_000 + ".corp.example"
    document = _changed(
        "servers", "EX4", fqdn=endless, network_addresses=[f"ncacn_ip_tcp:{endless}"]
    )
    found = _judged(document)
    lost = [(each.section, each.reason, each.detail) for each in found.gaps]
    assert lost == [
        (SectionName.SERVERS, Reason.LIMIT, "fqdn is too long"),
        (SectionName.SERVERS, Reason.LIMIT, "network_addresses is too long"),
    ]
    assert found.gaps[0].subject.startswith("CN=EX4,CN=Servers,")
    said = {f.rule.id: f.verdict for f in found.findings if f.subject.name == "EX4"}
    assert said["CAS-SERVER-009"] is Verdict.NOT_EVALUATED
    assert said["CAS-SERVER-007"] is Verdict.PASS


def test_a_record_that_is_nothing_without_its_name_is_gone() -> None:
    found = _read(_changed("databases", "DB-HO-01", name="D" * (MAX_TEXT + 1)))
    assert "DB-HO-02" in {each.name for each in found.databases}
    assert len(found.databases) == len(sample()["databases"]) - 1
    assert found.status(SectionName.DATABASES) is Status.PARTIAL
    (gap,) = found.gaps
    assert (gap.section, gap.reason, gap.detail) == (
        SectionName.DATABASES,
        Reason.LIMIT,
        "name is too long",
    )


@pytest.mark.parametrize(
    ("names", "is_read"),
    [
        pytest.param(["n" * MAX_TEXT], True, id="one of the longest"),
        pytest.param(["n" * (MAX_TEXT + 1)], False, id="one that is longer"),
        pytest.param(["n" * 1024] * (MAX_LIST // 1024), True, id="as many as there may be"),
        pytest.param(["n" * 1024] * (MAX_LIST // 1024 + 1), False, id="one more"),
    ],
)
def test_a_list_is_read_whole_or_not_at_all(names: list[str], is_read: bool) -> None:
    found = _read(_changed("certificates", MAIL, dns_names=names))
    (certificate,) = (each for each in found.certificates if each.common_name == MAIL)
    assert certificate.dns_names == (tuple(names) if is_read else None)
    assert ("dns_names" in certificate.unread) is not is_read
    assert (found.gaps == ()) is is_read


def test_a_long_answer_of_a_resolver_leaves_its_view_incomplete() -> None:
    document = copy.deepcopy(sample())
    answers = document["dns_answers"]
    answers[0] |= {"values": [f"text {at} " + "v" * 60_000 for at in range(20)]}
    found = _read(document)
    assert len(found.dns_answers) == len(answers) - 1
    (gap,) = found.gaps
    assert gap.section is SectionName(f"dns_{answers[0]['view']}")
    assert found.status(gap.section) is Status.PARTIAL


def test_a_snapshot_without_long_values_stays_the_same_object() -> None:
    snapshot = _read(sample())
    assert within_limits(snapshot) is snapshot


def test_long_details_of_gaps_stay() -> None:
    gap = Gap(section=SectionName.TLS, subject="x", reason=Reason.BUG, detail="d" * 300_000)
    snapshot = _read(sample()).model_copy(update={"gaps": (gap,)})
    assert within_limits(snapshot).gaps == (gap,)
