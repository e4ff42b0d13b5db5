"""The worked example of a pack of one's own: what its page shows is what the pack says and does."""

import json
import re
from pathlib import Path

import pytest

from casaudit.shipped import SAMPLES
from tests.make_docs import DOCS
from tests.support.running import casaudit, results

PACK = DOCS / "custom-pack"
RULE = (PACK / "ACME-DB-001.yaml").read_text(encoding="utf-8")
PAGE = (DOCS / "custom-pack.md").read_text(encoding="utf-8")
ARTICLE_A = SAMPLES / "article-a" / "snapshot.json"


def test_every_example_of_the_pack_holds() -> None:
    run = casaudit("rules", "test", PACK)
    assert run.returncode == 0, run.stdout
    assert run.stderr == "9 examples of 1 rule, 0 failed\n"
    assert "ok   ACME-DB-001: small letters are another name" in run.stdout


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_what_the_page_quotes_stands_in_the_rule(block: str) -> None:
    assert block in RULE


def test_a_report_judges_the_pack_beside_the_shipped_rules(tmp_path: Path) -> None:
    casaudit("report", ARTICLE_A, "--rules", PACK, "-o", tmp_path)
    found = {(r["rule_id"], r["subject"]["name"]): r["verdict"] for r in results(tmp_path)}
    assert found["ACME-DB-001", "MB-HO-01"] == "fail"
    assert found["ACME-DB-001", "RDB-HO-01"] == "not_applicable"
    assert found["CAS-DB-001", "MB-HO-01"] == "fail"


def test_an_explanation_tells_the_revisions() -> None:
    run = casaudit("explain", "ACME-DB-001", "MB-HO-01", ARTICLE_A, "--rules", PACK)
    assert run.stdout.splitlines()[-2:] == [
        "revision 1 (2025-03-01): first standard",
        "revision 2 (2026-05-04): public folder databases have a standard of their own",
    ]


def test_the_pages_of_a_pack_are_those_of_its_rules_alone(tmp_path: Path) -> None:
    run = casaudit("rules", "docs", PACK, "-o", tmp_path)
    assert run.returncode == 0, run.stderr
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.md")}
    assert written == {"rules.md", str(Path("rules", "ACME-DB-001.md"))}
    page = (tmp_path / "rules" / "ACME-DB-001.md").read_text(encoding="utf-8")
    assert "- **small letters are another name**" in page


def test_a_rule_of_a_pack_shuts_a_gate_and_has_its_words_in_the_headline(tmp_path: Path) -> None:
    """What a rule is for stands in the rule: nothing but its keys makes it count."""
    text = RULE.replace("severity: low", "severity: critical", 1).replace(
        "subject: database\n",
        "subject: database\n"
        "gate: {name: databases}\n"
        "stage: broken\n"
        "headline:\n"
        '  one: "%(number)s of %(all)s databases is misnamed"\n'
        '  many: "%(number)s of %(all)s databases are misnamed"\n',
    )
    text = re.sub(r"^profiles: .*$", "profiles: [migration]", text, count=1, flags=re.M)
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "ACME-DB-001.yaml").write_text(text, encoding="utf-8")
    asked = ("--rules", pack, "--profile", "migration", "--target", "2016", "-o", tmp_path)
    run = casaudit("report", ARTICLE_A, *asked)
    found = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    (gate,) = (each for each in found["migration"]["gates"] if each["name"] == "databases")
    assert gate["rules"] == ["ACME-DB-001", "CAS-DB-003", "CAS-DB-004"]
    assert (gate["state"], gate["stops"]) == ("failed", True)
    assert "databases are misnamed" in found["judgement"]["sentence"], run.stdout
    causes = {cause["id"]: cause["rule_id"] for cause in found["causes"]}
    stages = {causes[each["cause"]]: each["stage"] for each in found["migration"]["blockers"]}
    assert stages["ACME-DB-001"] == "clients that cannot work, and what is not supported"
