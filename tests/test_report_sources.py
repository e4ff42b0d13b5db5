"""Cards say where the objects were read that their evidence names, source beside source."""

from dataclasses import replace

from casaudit.findings import Finding
from casaudit.report.html.page import files
from casaudit.report.sources import Sources
from tests.support.assessments import sample
from tests.support.page import Page


def failure(rule: str) -> Finding:
    return next(f for f in sample("article-a").failures if f.rule.id == rule)


def sources(finding: Finding) -> list[tuple[str, str, str]]:
    found = Sources(sample("article-a").inventory).of([finding])
    return [(each.kind, each.name, each.read.origin) for each in found]


def test_directory_and_both_resolvers_stand_side_by_side() -> None:
    name = "outlook-ho.exchangeserverpro.net"
    found = sources(failure("CAS-DB-001"))
    assert ("array", "cas-headoffice", "file:directory.ldf") in found
    assert ("dns_internal", name, "dns:10.1.1.10:53") in found
    assert ("dns_external", name, "dns:198.51.100.53:53") in found
    assert ("server", "HO-EX2010-MB1", "file:directory.ldf") in found


def test_an_object_is_no_source_of_its_own_finding() -> None:
    finding = failure("CAS-ARRAY-001")
    assert finding.subject.name == "BranchOffice"
    own = replace(finding, evidence={"site": "branchoffice", "array": "CAS-HEADOFFICE"})
    assert sources(own) == [("array", "cas-headoffice", "file:directory.ldf")]


def test_a_finding_about_a_dns_name_shows_every_resolver_that_was_asked() -> None:
    finding = failure("CAS-DNS-004")
    asked = [source for source in sources(finding) if source[1] == finding.subject.name]
    assert asked == [
        ("dns_external", finding.subject.name, "dns:198.51.100.53:53"),
        ("dns_internal", finding.subject.name, "dns:10.1.1.10:53"),
    ]


def test_what_evidence_does_not_name_is_no_source() -> None:
    finding = replace(failure("CAS-DB-001"), evidence={"mailbox_count": 3, "x": "", "y": ["no"]})
    assert sources(finding) == []


def test_a_card_shows_source_and_time() -> None:
    assessment = sample("article-a")
    cause = next(c for c in assessment.causes if c.rule.id == "CAS-DB-001")
    card = Page(files(assessment)["report.html"].decode()).of(f"cause-{cause.id}")
    assert "Where the evidence was read" in card
    assert "DNS as seen insidedns:10.1.1.10:532026-11-15 06:00 UTC" in card
