"""A settings file to fill in states nothing as it is, and what it proposes can be stated."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit import shipped
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.engine.settings import Settings, read_settings
from casaudit.engine.settings_template import KEYS, quoted, settings_template
from casaudit.findings import Verdict
from casaudit.rulebook.rule import SettingsName
from casaudit.rulebook.statements import views_behind
from casaudit.snapshot import loads
from casaudit.strict_yaml import MAX_BYTES
from tests.support.running import casaudit
from tests.support.scale import large_snapshot
from tests.support.shipped_rules import book, judge, loaded, sample
from tests.support.situations import HOSTILE
from tests.support.worlds import Situation, situations

STAGED = {"migration_batches": "s_batches"}
SAMPLES = ("article-a", "article-b", "healthy")
HOSTILE_NAMES = {
    "markup, keys and controls": HOSTILE.replace("\ud800", ""),
    "the end of a comment": "x\n# sites:\n#   y: {}\r\u0085\u2028z",
    "YAML": "- {a: [b]}: &c *d !!e |f >g %h @i `j 'k' \"l\" \\m",
    "a number": "1e3",
    "nothing visible": "\u200b",
    "64 characters": "N" * 64,
    "other scripts": "Zürich 大阪 \U0001f600",
}


def states(text: str) -> str:
    """The file when everything that it proposes is stated."""
    return "".join(
        f"{line.removeprefix('# ')}\n" for line in text.split("\n") if not line.startswith("##")
    )


def template(given: dict[str, Any]) -> str:
    snapshot = patched(sample(), given)
    return settings_template(loaded(snapshot, Question()), ())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_of_a_sample_states_nothing_as_it_is(name: str, tmp_path: Path) -> None:
    snapshot = shipped.SAMPLES / name / "snapshot.json"
    path = tmp_path / "settings.yaml"
    assert casaudit("settings", "init", snapshot, "-o", path).returncode == 0
    text = path.read_text(encoding="utf-8")
    assert read_settings(text, str(path)) == Settings()
    assert casaudit("settings", "init", snapshot).stdout == text
    evidence = loads(snapshot.read_bytes(), name)
    asked = Question(settings=read_settings(text, str(path)))
    few = judge("health", "CAS-META-001", "CAS-URL-003", "CAS-DNS-004")
    with_it, without = (
        [(f.rule.id, f.subject.id, f.verdict, f.message) for f in few.verdicts(evidence, each)]
        for each in (asked, Question())
    )
    assert with_it == without


@pytest.mark.parametrize("situation", situations(), ids=lambda each: each.name)
def test_all_that_it_proposes_can_be_stated_of_that_organisation(situation: Situation) -> None:
    given = {
        key: each for key, each in situation.given.items() if key not in {"settings", "target"}
    }
    text = template(given)
    assert read_settings(text, "s.yaml") == Settings()
    stated = read_settings(states(text), "s.yaml")
    evidence = patched(sample(), given)
    views = loaded(evidence, Question())
    assert stated.sites.keys() == {row["name"] for row in views.inventory("v_sites")}
    assert stated.servers.keys() == {
        row["name"] for row in views.inventory("v_servers") if row["is_2010"]
    }
    # Nothing in it is a slip of the pen: what bears no name would be told as without effect.
    found = judge("health", "CAS-META-001").verdicts(evidence, Question(settings=stated))
    idle = [finding for finding in found if finding.subject.name == "settings"]
    assert [each.message for each in idle if each.verdict is Verdict.FAIL] == []


@pytest.mark.parametrize("name", HOSTILE_NAMES.values(), ids=list(HOSTILE_NAMES))
def test_a_hostile_name_stays_in_its_comment_and_comes_back_as_it_is(name: str) -> None:
    text = template(
        {
            "change": {
                "sites": {"HeadOffice": {"name": name}},
                "databases": {"DB-HO-01": {"name": name}},
                "servers": {"EX1": {"name": name}},
            }
        }
    )
    assert read_settings(text, "s.yaml") == Settings()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", text)
    stated = read_settings(states(text), "s.yaml")
    assert name in stated.sites
    assert name in stated.servers
    assert name in stated.migration_batches


def test_a_name_that_yaml_has_no_form_for_has_no_quotes() -> None:
    assert quoted("DB\ud800") is None


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_comes_back_from_its_quotes(text: str) -> None:
    written = quoted(text)
    assert written is not None
    found = read_settings(f"migration_batches: [{written}]\n", "s.yaml")
    assert found.migration_batches == (text,)


def test_a_large_organisation_makes_a_file_that_can_be_read() -> None:
    text = settings_template(loaded(large_snapshot(3_000, 1), Question()), ())
    assert len(text.encode()) < MAX_BYTES / 2
    assert re.search(r"##   \.\.\. and [0-9,]+ more", text)
    assert read_settings(states(text), "s.yaml").sites


def test_what_a_rule_asks_stands_at_the_object_that_it_asks_about() -> None:
    text = casaudit("settings", "init", shipped.SAMPLES / "article-a" / "snapshot.json").stdout
    lines = text.split("\n")
    place = lines.index('#   "BranchOffice": cas-branchoffice.FILL-IN.example')
    assert lines[place - 1].startswith("##   CAS-ARRAY-001, failed: Site BranchOffice has 1 ")
    place = lines.index('#   - "outlook-ho.exchangeserverpro.net"')
    assert lines[place - 1].startswith("##   CAS-DNS-004, failed: ")


def test_each_statement_is_asked_for_by_a_rule_and_each_rule_reads_what_it_asks_for() -> None:
    asked = {key for rule in book().rules for key in rule.asks}
    assert asked == set(get_args(SettingsName)) == {key.name for key in KEYS}
    for rule in book().rules:
        behind = {view.name for view in views_behind(rule, book().views)}
        for key in rule.asks:
            assert STAGED.get(key, f"s_stated_{key}") in behind, (rule.id, key)


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("sites: {}\n")
    done = casaudit("settings", "init", shipped.SAMPLES / "healthy" / "snapshot.json", "-o", path)
    assert (done.returncode, path.read_text()) == (2, "sites: {}\n")
    assert "exists already" in done.stderr


def test_a_snapshot_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    done = casaudit("settings", "init", tmp_path / "none.json")
    assert done.returncode == 4
    assert "none.json" in done.stderr
