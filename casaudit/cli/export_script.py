"""Handing out the script that makes the exports of the shell: the command ``export-script``."""

from pathlib import Path
from typing import Annotated

import typer

SCRIPT = "Export-CasauditEvidence.ps1"


def export_script(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")
    ] = Path(SCRIPT),
) -> None:
    """Write the PowerShell script that exports what only the Exchange shell knows.

    Run it once, in the Exchange Management Shell of Exchange 2010: it asks the
    organisation and all servers, changes nothing, and leaves a folder and a zip for
    'casaudit audit'. docs/exports.md says what it touches and which rights it needs.
    """
    import hashlib

    from casaudit import shipped
    from casaudit.cli import console, files

    content = files.read_file(shipped.SAMPLES / SCRIPT)
    files.write_file(output, content)
    # The script goes to another machine: there somebody can see that it is still this one.
    console.show_data(f"{output}\nSHA-256: {hashlib.sha256(content).hexdigest()}")
