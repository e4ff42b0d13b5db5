"""The module for a real PowerShell, as far as Python can look: its text, its table, its worlds."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from casaudit.remediation.verify import same_value
from tests.lab.worlds import WORLDS
from tests.shell.module import CORE, acting, module
from tests.shell.planned import planned
from tests.shell.real import Shell
from tests.shell.world import PLACES
from tests.support.powershell import (
    commands,
    errors,
    literals,
    nodes,
    taken_apart,
    text_of,
    tree,
)
from tests.support.powershell_two import Allowed, lint
from tests.support.shipped_rules import book

COMMON = {"-WhatIf", "-Confirm", "-ErrorAction"}
USES = Allowed(
    cmdlets={
        "Add-Member": {"-InputObject", "-MemberType", "-Name", "-Value", "-Force"},
        "ConvertFrom-Json": {"-InputObject"},
        "ConvertTo-Json": {"-InputObject", "-Depth"},
        "Export-ModuleMember": {"-Function"},
        "ForEach-Object": set(),
        "Get-Command": {"-Name"},
        "New-Object": {"-Property"},
        "Where-Object": set(),
        "Write-Error": {"-Message"},
        "Write-Warning": set(),
    },
    exchange=re.compile("(?!)"),
    operators={"-eq", "-ne", "-is", "-as", "-match", "-contains"},
    types={
        *("[string]", "[string[]]", "[bool]", "[switch]", "[array]", "[guid]", "[System.Uri]"),
        *("[System.IO.File]", "[System.Management.Automation.PSSerializer]"),
        *("[AuthenticationMethod]", "[AuthenticationMethod[]]"),
    },
    methods={
        *("ContainsKey", "NewGuid", "ReadAllText", "ShouldProcess", "Split", "TrimStart"),
        *("WriteAllText", "Deserialize", "Serialize"),
    },
)
"""What the module may use of PowerShell 5.1 and .NET: each looked up, none of them by habit."""


def functions() -> Mapping[str, tuple[set[str], bool]]:
    """The cmdlets as the grammar reads them: their parameters, and whether they rehearse."""
    found = {}
    for function in nodes(tree(module())):
        if function.type == "function_statement":
            parts = nodes(function)
            name = text_of(next(each for each in parts if each.type == "function_name"))
            parameters = {
                "-" + text_of(next(v for v in nodes(each) if v.type == "variable")).lstrip("$")
                for each in parts
                if each.type == "script_parameter"
            }
            found[name] = parameters, "SupportsShouldProcess = $true" in text_of(function)
    return {name: each for name, each in found.items() if name in acting()}


def blocks() -> Iterator[str]:
    """All that a script can run of Exchange: how each setting is read, written and removed."""
    for setting in book().shared.settings.values():
        yield from filter(None, (setting.read, setting.write, setting.users, setting.remove))


def test_the_grammar_and_the_tokenizer_read_the_module_alike() -> None:
    text = module()
    assert errors(text) == []
    assert [each[1:-1].replace("''", "'") for each in literals(text)] == [
        *taken_apart(text).strings
    ]


def test_the_module_uses_what_is_known_of_powershell_and_nothing_else() -> None:
    assert lint(module(), allowed=USES) == []


def test_the_part_that_is_written_by_hand_is_short() -> None:
    assert len(CORE.read_text("utf-8").splitlines()) < 250


def test_the_module_has_the_cmdlets_of_the_table_with_their_parameters() -> None:
    made = functions()
    assert made.keys() == acting().keys()
    for name, cmdlet in acting().items():
        parameters, rehearses = made[name]
        assert parameters == {f"-{each}" for each in cmdlet.parameters} - COMMON, name
        assert rehearses == cmdlet.rehearses == (not name.startswith("Get-")), name
    exported = module().rpartition("Export-ModuleMember")[2]
    assert set(taken_apart(exported).strings) == acting().keys()


def test_every_cmdlet_and_parameter_of_the_rule_books_settings_exists_in_the_module() -> None:
    made, used = functions(), set()
    for block in blocks():
        for name, parameters in commands(block):
            if name not in {"ForEach-Object", "Where-Object"}:
                used.add(name)
                given = {each.rstrip(":") for each in parameters}
                assert given - made[name][0] <= COMMON, block
                assert "-WhatIf" not in given or made[name][1], block
    assert used == made.keys()
    for place in PLACES.values():
        assert f"-{place.property}" in made[f"Set-{place.noun}"][0]


@pytest.mark.parametrize("name", WORLDS)
def test_the_world_of_a_plan_shows_what_its_steps_saw(name: str) -> None:
    case = planned(name)
    assert case.plan.steps
    for step in case.plan.steps:
        if step.setting == "site-array":
            arrays = [o for (noun, _), o in case.world.items() if noun == "ClientAccessArray"]
            site = case.world["ADSite", step.object.id].name
            assert site not in {each.properties["SiteName"] for each in arrays}
            continue
        place = PLACES[step.setting]
        shown = case.world[place.noun, step.object.id].properties[place.property]
        assert same_value(shown, step.from_, book().shared.settings[step.setting]), step


@pytest.mark.parametrize("name", WORLDS)
def test_a_plan_finds_every_name_that_it_looks_up_and_every_answer(name: str) -> None:
    case = planned(name)
    asked = re.findall(r"-Resolves '([^']+)'", case.scripts["remediation.ps1"])
    assert {each.lower() for each in asked} - {"*"} <= case.names
    assert re.findall(r"(?m)^[AC]\d+ =$", case.scripts["answers.txt"]) == []
    assert case.promised() != case.world


@pytest.mark.parametrize("name", WORLDS)
def test_what_a_powershell_is_given_is_read_by_the_grammar(name: str, tmp_path: Path) -> None:
    shell = Shell(planned(name), tmp_path)
    assert shell.world == shell.case.world
    assert shell.runs == []
    made = (tmp_path / "remediation.ps1").read_text("utf-8-sig")
    (resolved,) = re.findall(r"(?m)^\$Resolved = (@.*)$", made)
    assert errors(made) == []
    assert set(taken_apart(resolved).strings) == shell.case.names
    command = shell.command("rollback.ps1", "-Run", "'x'", "-Apply")
    assert errors(command) == []
    assert taken_apart(command).strings == ("Stop", str(tmp_path), "Continue", "None", "x")
