"""The cmdlets of ``cmdlets`` as a module for a real PowerShell: ``core.ps1``, and a function each.

What a cmdlet takes is told by the same table as in Python: the two shells cannot differ in it.
"""

from collections.abc import Iterator
from pathlib import Path

from tests.shell.cmdlets import CMDLETS, COMMON, Cmdlet

CORE = Path(__file__).with_name("core.ps1")
_TYPES = {"text": "string", "url": "System.Uri", "list": "string[]", "truth": "bool"}
_ENUMERATIONS = {
    "ClientAuthenticationMethod": "AuthenticationMethod",
    "IISAuthenticationMethods": "AuthenticationMethod[]",
}
_SWITCHES = {"Status", "IncludeAlternateServiceAccountCredentialStatus"}


def acting() -> dict[str, Cmdlet]:
    """Return the cmdlets of the module: those that act on a world."""
    return {name: each for name, each in sorted(CMDLETS.items()) if each.acts}


def module() -> str:
    """Return the text of ``ExchangeShell.psm1``."""
    names = ", ".join(f"'{name}'" for name in acting())
    functions = (line for each in acting().values() for line in _function(each))
    core = CORE.read_text(encoding="utf-8")
    return "\n".join([core, *functions, f"Export-ModuleMember -Function @({names})", ""])


def _function(cmdlet: Cmdlet) -> Iterator[str]:
    # Only what can be rehearsed has -WhatIf and -Confirm; a removal asks unless told otherwise.
    impact = "High" if cmdlet.name.startswith("Remove-") else "Medium"
    trial = f"SupportsShouldProcess = $true, ConfirmImpact = '{impact}'" if cmdlet.rehearses else ""
    settable = ", ".join(f"'{name}'" for name in sorted(cmdlet.settable))
    rest = f"'{cmdlet.key}' @({settable}) {'$true' if cmdlet.is_strict else '$false'}"
    yield f"function {cmdlet.name} {{"
    yield f"    [CmdletBinding({trial})]"
    yield f"    param({', '.join(_parameters(cmdlet))})"
    yield f"    try {{ $Found = @(Invoke-Exchange $PSCmdlet $PSBoundParameters {rest}) }}"
    yield "    catch { Write-Error -Message ([string]$_); return }"
    yield "    Write-Shown $Found"
    yield "}"
    yield ""


def _parameters(cmdlet: Cmdlet) -> Iterator[str]:
    for name in sorted(cmdlet.parameters - COMMON, key=lambda each: (each != cmdlet.key, each)):
        kind = _TYPES.get(cmdlet.settable.get(name, ""), "string")
        kind = "switch" if name in _SWITCHES else _ENUMERATIONS.get(name, kind)
        place = "[Parameter(Position = 0)]" if name == cmdlet.key else ""
        yield f"{place}[{kind}]${name}"
