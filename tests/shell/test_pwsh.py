"""The scripts of a plan in a real PowerShell, over the cmdlets of ``module``.

They run where ``pwsh`` is on the path, and are skipped elsewhere: no package of the lab brings it.
"""

from pathlib import Path

import pytest

from casaudit.powershell import quote
from casaudit.remediation.verify import same_value
from tests.lab.worlds import WORLDS
from tests.shell.planned import planned
from tests.shell.real import PWSH, Shell, text_of
from tests.shell.world import differences
from tests.support.shipped_rules import book

pytestmark = [
    pytest.mark.pwsh,
    pytest.mark.slow,
    pytest.mark.skipif(PWSH is None, reason="PowerShell is not on the path"),
]


@pytest.fixture(params=WORLDS)
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Shell:
    return Shell(planned(request.param), tmp_path)


def test_a_rehearsal_changes_nothing_and_writes_no_state(shell: Shell) -> None:
    before = shell.file.read_bytes()
    code, said = shell.run("remediation.ps1")
    assert code == 0, said
    assert f"would change: {len(shell.case.changing)}\n" in said
    assert shell.file.read_bytes() == before
    assert shell.runs == []


def test_with_apply_the_world_is_as_the_plan_promises_and_rollback_restores_it(
    shell: Shell,
) -> None:
    code, said = shell.run("remediation.ps1", "-Apply")
    assert code == 0, said
    assert differences(shell.case.promised(), shell.world) == {}, said
    (state,) = shell.runs
    back = ("-Run", quote(str(state)), "-RemoveCreated")
    code, said = shell.run("rollback.ps1", *back)
    assert code == 0, said
    assert differences(shell.case.promised(), shell.world) == {}, said
    code, said = shell.run("rollback.ps1", *back, "-Apply")
    assert code == 0, said
    assert text_of(shell.world) == text_of(shell.case.world), said


def test_a_step_that_only_warns_has_failed(tmp_path: Path) -> None:
    case = planned("article B")
    shell = Shell(case, tmp_path)
    step = next(each for each in case.plan.steps if each.setting == "database-endpoint")
    assert not same_value(step.to, step.from_, book().shared.settings[step.setting])
    chosen, warns = ("-Apply", "-Only", str(step.number)), "Set-MailboxDatabase"
    code, said = shell.run("remediation.ps1", *chosen, EXCHANGE_ONLY_WARNS=warns)
    assert code == 1, said
    assert f"step {step.number}  failed" in said
    assert text_of(shell.world) == text_of(case.world)


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("Get-MailboxDatabase | ForEach-Object { Set-MailboxDatabase -Identity $_.Name -WhatIf }",
         "Pipelines cannot be executed concurrently"),
        ("Get-ClientAccessArray -Identity 'Array (Berlin)'", "no name with blanks or signs"),
        ("Get-MailboxDatabase -Identity 'nobody'", "'nobody' could not be found"),
        ("Get-MailboxDatabase -WhatIf", "parameter name 'WhatIf'"),
        ("Set-MailboxDatabase -Identity 'DB-HO-01' -Colour 'red'", "parameter name 'Colour'"),
        ("Set-OwaVirtualDirectory -InternalUrl 'https://x.example/owa'", "names no object"),
        ("New-ClientAccessArray -Name 'x' -Fqdn 'x.corp.example' -Site 'HeadOffice'",
         "there is an array outlook-ho already"),
        ("Remove-ClientAccessArray -Identity 'outlook-br'",
         "database DB-BR-02 points at the array outlook-br"),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_what_the_shell_of_2010_refuses_is_refused(line: str, refused: str, tmp_path: Path) -> None:
    shell = Shell(planned("mixed endpoints"), tmp_path)
    # Said by hand, since an error that is displayed is wrapped to the width of the window.
    caught = f"try {{ {line} }} catch {{ Write-Host ('refused: ' + $_) }}"
    script = f"$global:ErrorActionPreference = 'Stop'\n{caught}\nexit 3\n"
    (tmp_path / "line.ps1").write_text(script, encoding="utf-8-sig")
    code, said = shell.run("line.ps1")
    assert (code, "refused: " in said, refused in said) == (3, True, True), said
    assert text_of(shell.world) == text_of(shell.case.world)
