"""The scripts of a plan: readable by PowerShell 2.0, safe with any name, and as printed."""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from casaudit.assess import assess
from casaudit.engine.example_world import patched
from casaudit.engine.examples import question_of
from casaudit.engine.fix_cards import FixCards
from casaudit.remediation.lines import comment
from casaudit.remediation.script import files
from casaudit.rulebook.rule import Rule
from casaudit.waivers import read_waivers
from tests.make_samples import PLANNED as ARTICLES
from tests.make_samples import plan_files
from tests.support.planning import assessed, of_sample, written
from tests.support.powershell import literals, taken_apart
from tests.support.powershell_two import EXCHANGE, PLAN, ROLLBACK, lint
from tests.support.shipped_rules import book, judge, sample

ALLOWED = {"remediation.ps1": PLAN, "rollback.ps1": ROLLBACK}
SCRIPTS = tuple(ALLOWED)
OWN = frozenset({"New-Step", "Invoke-Plan", "Invoke-Rollback"})
SAMPLES = ("healthy", "article-a", "article-b")
PLANNED = [rule.id for rule in book().rules if FixCards(book()).block(rule.remediation).plan]
HOSTILE = [
    "x'; Remove-Mailbox -Identity *; '",
    "a'\u2018\u2019\u201a\u201bb",
    "$(Remove-Mailbox *) `n",
    "#> <# calc",
    "{{ name }} | % { $_ }",
    "-WhatIf:$false",
    "Größe 営業",
]
MORE: dict[str, dict[str, Any]] = {
    "CAS-ARRAY-002": {
        "add": {"arrays": {"second": {"like": "outlook-ho", "fqdn": "second.corp.example"}}},
        "change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}}},
    },
    "CAS-CERT-010": {
        "change": {
            "certificates": {
                "mail.corp.example": {
                    "issuer": "CN=Amazon Root CA 1,O=Amazon,C=US",
                    "dns_names": ["mail.corp.example", "ex1.corp.local"],
                }
            },
            "virtual_directories": {
                r"EX1\EWS (Default Web Site)": {
                    "internal_url": "https://ex1.corp.local/EWS/Exchange.asmx"
                }
            },
        }
    },
}
"""Organisations in which plans set something that the examples of the rule leave alone."""
UNSAFE = ["a\r\nRemove-Mailbox *", "a\u202eb", "a\u2028b", "a\x1b[31mb"]


@cache
def of_rule(rule_id: str) -> tuple[dict[str, str], ...]:
    (rule,) = [each for each in book().rules if each.id == rule_id]
    most = 3 if rule_id in PLANNED else 1
    given = [each.given for each in rule.examples if each.expect.fail][:most]
    found = []
    for each in [*given, *([MORE[rule_id]] if rule_id in MORE else [])]:
        snapshot, asked = patched(sample(), each), question_of(rule, each)
        alone = judge(asked.profile, rule_id)
        found.append(written(assess(snapshot, alone, asked, sha256="5" * 64)))
    return tuple(found)


@pytest.mark.slow
@pytest.mark.parametrize("rule", book().rules, ids=lambda rule: rule.id)
def test_version_2_reads_the_scripts_of_every_rule(rule: Rule) -> None:
    for made in of_rule(rule.id):
        for name in SCRIPTS:
            part = _made(made[name])
            assert lint(part, OWN, ALLOWED[name]) == [], part
            seen = [text[1:-1].replace("''", "'") for text in literals(part)]
            assert seen == list(taken_apart(part).strings), part


def _made(script: str) -> str:
    """A script without what is the same in all: how a step runs."""
    first, _, rest = script.partition("# === How a step ")
    return first + "$Steps = @(" + rest.partition("$Steps = @(")[2]


@pytest.mark.parametrize("rule", PLANNED)
def test_a_rule_with_a_plan_sets_something_in_its_examples(rule: str) -> None:
    assert any("\n    New-Step" in made["remediation.ps1"] for made in of_rule(rule))


@pytest.mark.parametrize("rule", PLANNED)
def test_no_database_or_array_gets_a_name_that_was_not_looked_up_first(rule: str) -> None:
    for made in of_rule(rule):
        for line in made["remediation.ps1"].split("\n"):
            if re.search(r"New-Step .*-Setting '(database-endpoint|array-fqdn)'", line):
                assert "-Resolves '" in line, line


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", SAMPLES)
def test_version_2_reads_the_scripts_of_the_samples(name: str, script: str) -> None:
    assert lint(of_sample(name)[script]) == []


NEWER = [
    *("[ordered]@{}", "$a -in $b", "[pscustomobject]@{a=1}", "$x | ConvertTo-Json"),
    *("$PSScriptRoot", "[string]::new()", "$a.Where({$_})", "Get-Content -Raw x", "iex 'x'"),
    *("gci", "$a | % { $_ }", "$a | ? { $_ }", '"a $b"', "class A {}", "$a -shl 2", "$a ?? $b"),
    *("Where-Object Name -eq 'x'", "[string]::IsNullOrWhiteSpace('x')", "Get-ChildItem -File"),
    *("Remove-ClientAccessArray -Identity 'x'", "[System.IO.File]::Delete('x')"),
    *("(New-Object Net.WebClient).DownloadString('x')", "Export-Clixml -LiteralPath 'x'"),
]


@pytest.mark.parametrize("source", NEWER)
def test_the_lint_names_what_version_2_lacks_and_what_a_plan_must_not_do(source: str) -> None:
    assert lint(source) != []


@pytest.mark.parametrize("name", sorted(book().shared.settings))
def test_a_setting_reads_with_get_and_writes_one_object_with_whatif(name: str) -> None:
    setting = book().shared.settings[name]
    assert setting.read.count("Get-") == 1
    assert len(re.findall(r"(?:Set|New)-[A-Z]", setting.write)) == 1
    assert all(word in setting.write for word in ("$Identity", "$Value", "-WhatIf:$WhatIf"))
    assert all("-ErrorAction Stop" in text for text in (setting.read, setting.write))
    assert EXCHANGE.search(setting.read)
    assert lint(f"{setting.read}\n{setting.write}") == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_rehearses_unless_it_is_told_to_apply(script: str) -> None:
    code = _code(of_sample("article-a")[script])
    assert re.search(r"\Aparam\((?:[^()]*,)?\s*\[switch\]\$Apply,", code.strip())
    # No word but the operator's makes a change: the switch is read, and never set.
    assert not re.search(r"\$Apply\s*=", code)
    changes = re.findall(r"(?:Set-Value \$|& \(\$Setting\.Remove\)).*", code)
    assert len(changes) == SCRIPTS.index(script) + 1
    assert [line for line in changes if not line.rstrip(")").endswith("(-not $Apply")] == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_own_files_are_written_in_a_session_that_only_rehearses(script: str) -> None:
    # $WhatIfPreference = $true would leave out the state, and the changes would be made all the
    # same, since they carry a -WhatIf of their own.
    for line in of_sample("article-a")[script].split("\n"):
        if re.search(r"^[^#]*\b(Export-Clixml|New-Item|Set-Content|Out-File)\b", line):
            assert "-WhatIf:$false" in line, line
            assert "-ErrorAction Stop" in line, line


def test_a_change_is_recorded_before_it_is_made_and_read_after_it() -> None:
    code = of_sample("article-a")["remediation.ps1"]
    (step,) = re.findall(r"(?ms)^function Invoke-Step .*?^\}", code)
    order = [
        step.index(word)
        for word in ("Write-Deed", "Set-Value", "Get-AfterChange", "Test-Same $Now")
    ]
    assert order == sorted(order)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_checks_the_shell_by_the_parameter_that_only_2010_has(script: str) -> None:
    code = of_sample("healthy")[script]
    assert "Parameters.ContainsKey('RpcClientAccessServer')" in code


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_utf_8_with_mark_and_crlf(script: str) -> None:
    content = files(assessed({}, "article-a"))[script]
    assert content.startswith(b"\xef\xbb\xbf# This script ")
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert content.endswith(b"\r\n")


@cache
def _renamed(name: str, url: str = "ex1.corp.example") -> dict[str, str]:
    directory = {"internal_url": f"https://{url}/EWS/Exchange.asmx"}
    given: dict[str, Any] = {
        "change": {
            "databases": {"DB-HO-01": {"name": name, "endpoint": "EX1"}},
            "virtual_directories": {r"EX1\EWS (Default Web Site)": directory},
        }
    }
    return written(assessed(given, "healthy", "CAS-DB-001", "CAS-URL-002"))


def _code(script: str) -> str:
    return "\n".join(line for line in script.split("\n") if line.lstrip()[:1] != "#")


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", HOSTILE + UNSAFE)
def test_a_hostile_name_is_one_literal_and_changes_nothing_around_it(
    name: str, script: str
) -> None:
    plain, odd = _renamed("Odd-Name-Ö")[script], _renamed(name)[script]
    ours, theirs = taken_apart(_code(plain)), taken_apart(_code(odd))
    plan_ids = {*ours.strings, *theirs.strings}
    assert theirs.skeleton == ours.skeleton
    assert len(theirs.strings) == len(ours.strings)
    if name in HOSTILE:
        assert name in plan_ids
    assert lint(odd) == []


@pytest.mark.parametrize("name", UNSAFE)
def test_a_control_character_reaches_no_script(name: str) -> None:
    bad = {character for character in name if not character.isprintable()} - {"\n"}
    for script in SCRIPTS:
        assert not bad & set(_renamed(name)[script])


def test_values_outside_of_ascii_survive() -> None:
    made = files(assessed({"change": {"databases": {"DB-HO-01": {
        "name": "本社データベース", "endpoint": "EX1"}}}}, "healthy", "CAS-DB-001"))  # fmt: skip
    text = made["remediation.ps1"].decode("utf-8-sig")
    assert "-Name '本社データベース'" in text
    assert "-Identity '本社" not in text


def test_every_step_names_its_object_and_both_values() -> None:
    (line,) = [
        t for t in of_sample("article-a")["remediation.ps1"].split("\n") if "'MB-HO-02'" in t
    ]
    array = "'outlook-ho.exchangeserverpro.net'"
    assert line == (
        "    New-Step -Number 9 -Setting 'database-endpoint' -Identity 'MB-HO-02'"
        " -Site 'HeadOffice'"
        f" -Seen 'HO-EX2010-MB1.exchangeserverpro.net' -Wanted {array} -Resolves {array}"
    )


def test_what_is_waived_stands_behind_the_steps_with_its_owner() -> None:
    waivers = read_waivers(
        "schema: casaudit/waivers/1\nwaivers:\n  - {rule: CAS-DB-001, object: MB-HO-02,"
        " value: {rpc_client_access_server: HO-EX2010-MB1.exchangeserverpro.net},"
        " owner: messaging, approver: J. Doe, reason: load test, until: 2026-12-31}\n",
        "waivers.yaml",
        {"CAS-DB-001": ("rpc_client_access_server",)},
    )
    text = written(assessed({}, "article-a", waivers=waivers))["remediation.ps1"]
    assert "#   CAS-DB-001: MB-HO-02, messaging, until 2026-12-31" in text
    assert "-Identity 'MB-HO-02'" not in text


def test_what_waits_is_asked_in_a_file_beside_the_script() -> None:
    made = of_sample("article-a")
    asked = made["answers.txt"].split("\n")
    assert f"plan = {json.loads(made['plan.json'])['id']}" in asked
    assert [line for line in asked if re.fullmatch(r"[AC]\d+ =", line)] == ["A1 =", "C1 ="]
    assert "$Kinds['A1'] = 'name'" in made["remediation.ps1"]
    assert "$Checks = @('C1')" in made["remediation.ps1"]


def test_a_plan_that_asks_nothing_says_so() -> None:
    assert "# This plan asks nothing." in of_sample("healthy")["answers.txt"].split("\n")


def test_a_step_can_be_chosen_by_its_site() -> None:
    text = of_sample("article-a")["remediation.ps1"]
    steps = re.findall(r"New-Step -Number (\d+) .*-Site '(\w+)'", text)
    assert dict(steps)["9"] == "HeadOffice"
    assert len(steps) == len(re.findall(r"(?m)^    New-Step ", text))


@pytest.mark.parametrize("lead", range(40))
def test_no_name_begins_the_comment_that_ends_a_signed_script(lead: int) -> None:
    # PowerShell takes what stands behind such a line for the signature, and does not run it.
    text = f"Found: {'x' * lead} " + "SIG # Begin signature block " * 12
    for line in comment(text):
        assert not re.match(r"(?i)\s*#\s*sig\s*#", line), line


@pytest.mark.parametrize("file", [*SCRIPTS, "answers.txt", "plan.json"])
@pytest.mark.parametrize("name", ARTICLES)
def test_the_plans_of_the_articles_are_as_shipped(
    name: str, file: str, golden: Callable[[str, bytes], None]
) -> None:
    golden(f"{name}/{file}", _shipped(name)[file])


@cache
def _shipped(name: str) -> dict[str, bytes]:
    return plan_files(name)
