"""What rollback.ps1 may remove: one object that a plan made, asked for, and used by nothing."""

import re

from tests.support.planning import assessed, of_sample, written
from tests.support.powershell_two import ROLLBACK, lint
from tests.support.shipped_rules import book


def test_what_is_removed_is_the_one_object_that_was_made_when_nothing_uses_it() -> None:
    (made,) = [each for each in book().shared.settings.values() if each.remove is not None]
    assert made.users and made.remove and not made.clears
    assert re.findall(r"(?:Set|New|Remove)-[A-Z]\w+", made.write + made.remove + made.users) == [
        *("New-ClientAccessArray", "Remove-ClientAccessArray")
    ]
    assert "if ($Each.Fqdn -eq $Value) { Remove-" in made.remove
    assert "-WhatIf:$WhatIf -ErrorAction Stop" in made.remove
    assert lint(f"{made.users}\n{made.remove}", allowed=ROLLBACK) == []
    code = of_sample("article-a")["rollback.ps1"]
    (step,) = re.findall(r"(?ms)^function Undo-Step .*?^\}", code)
    words = ("Get-Present", "Test-Same $Present $Record.Wanted", "Get-RemovalObstacle", ".Remove)")
    order = [step.index(word) for word in words]
    assert order == sorted(order)


def test_only_the_way_back_removes_and_only_what_the_plan_makes() -> None:
    stated = {"settings": {"planned_arrays": {"HeadOffice": "outlook-new.corp.example"}}}
    endpoints = {"DB-HO-01": {"endpoint": "EX1"}, "DB-HO-02": {"endpoint": "EX2"}}
    given = {"remove": {"arrays": ["outlook-ho"]}, "change": {"databases": endpoints}, **stated}
    made = written(assessed(given))
    assert "Remove-ClientAccessArray" not in made["remediation.ps1"]
    assert made["rollback.ps1"].count("Remove-ClientAccessArray") == 1
    assert lint(made["rollback.ps1"], allowed=ROLLBACK) == []
    assert "Remove-ClientAccessArray" not in of_sample("article-a")["rollback.ps1"]
