"""A real PowerShell over a folder with a plan's scripts, the module and the world as a file.

Two things are put in place of the operator's network and hand: which names resolve, and the yes to
what the shell asks before a removal.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casaudit.powershell import quote
from tests.shell.module import module
from tests.shell.planned import Planned
from tests.shell.world import World, plain, read

PWSH = shutil.which("pwsh")
QUIET = {"POWERSHELL_TELEMETRY_OPTOUT": "1", "POWERSHELL_UPDATECHECK": "Off"}
RESOLVED = "$Resolved = @{}\n"
"""Where a script keeps which names it has looked up."""


@dataclass(frozen=True)
class Shell:
    """The folder; what a run does is seen in the world's file and in the folders of its state."""

    case: Planned
    folder: Path

    def __post_init__(self) -> None:
        known = "; ".join(f"{quote(name)} = $true" for name in sorted(self.case.names))
        for name, text in self.case.scripts.items():
            assert text.count(RESOLVED) == (name == "remediation.ps1")
            made = text.replace(RESOLVED, f"$Resolved = @{{ {known} }}\n")
            (self.folder / name).write_text(made, encoding="utf-8-sig")
        (self.folder / "ExchangeShell.psm1").write_text(module(), encoding="utf-8-sig")
        self.file.write_text(json.dumps(plain(self.case.world)), encoding="utf-8")

    @property
    def file(self) -> Path:
        return self.folder / "world.json"

    @property
    def world(self) -> World:
        return read(json.loads(self.file.read_text(encoding="utf-8-sig")))

    @property
    def runs(self) -> Sequence[Path]:
        """The folders with the state of a run."""
        return sorted(self.folder.glob("casaudit-state-*"))

    def command(self, script: str, *options: str) -> str:
        """Return what PowerShell is given: the module, then a script with its exit code."""
        return (
            "$ErrorActionPreference = 'Stop'; "
            f"Set-Location -LiteralPath {quote(str(self.folder))}; "
            "Import-Module ./ExchangeShell.psm1; $ErrorActionPreference = 'Continue'; "
            f"$ConfirmPreference = 'None'; & ./{script} {' '.join(options)}; exit $LASTEXITCODE"
        )

    def run(self, script: str, *options: str, **environment: str) -> tuple[int, str]:
        """Run a script; return its exit code and all that it said."""
        command = self.command(script, *options)
        ended = subprocess.run(
            [str(PWSH), "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **QUIET, "EXCHANGE_WORLD": str(self.file), **environment},
            encoding="utf-8",
            timeout=600,
            check=False,
        )
        return ended.returncode, ended.stdout


def text_of(world: World) -> str:
    """A world as a text, the same for the same world, with the hosts of URLs in small letters.

    A ``System.Uri`` crosses a remote session as its ``ToString()``, which writes the host so, and a
    script records what it read there: PowerShell's ``serialization.cs``, ``WriteUri``.
    """
    text = json.dumps(plain(world), ensure_ascii=False, sort_keys=True)
    return re.sub(r"https?://[^/\"]+", lambda found: found[0].lower(), text)
