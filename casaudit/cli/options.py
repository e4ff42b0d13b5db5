"""Options that several commands share, each described once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_FOLDER = Path("casaudit-report")


class Auth(StrEnum):
    """How to bind to a directory."""

    SIMPLE = "simple"
    KERBEROS = "kerberos"
    NTLM = "ntlm"
    ANONYMOUS = "anonymous"


class Profile(StrEnum):
    """The three uses of a report."""

    HEALTH = "health"
    MIGRATION = "migration"
    AUDIT = "audit"


class Target(StrEnum):
    """Where a migration goes."""

    EXCHANGE_2013 = "2013"
    EXCHANGE_2016 = "2016"
    EXCHANGE_2019 = "2019"
    SE = "se"
    EXO = "exo"


class FailOn(StrEnum):
    """The mildest severity that makes the exit code 1."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    NEVER = "never"


FolderOption = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the reports.")
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--format", metavar="LIST", help="Reports to write, separated by commas: html, csv, json."
    ),
]
ProfileOption = Annotated[
    Profile, typer.Option("--profile", help="Which rules to judge: for whom the report is.")
]
TargetOption = Annotated[
    Target | None, typer.Option("--target", help="Exchange version to migrate to.")
]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="DIR", help="Folder with more rules (repeatable)."),
]
SettingsOption = Annotated[
    Path | None,
    typer.Option(
        "--settings", metavar="FILE", help="What only you know, in YAML; see docs/settings.md."
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="TIME", help="Judge as of this time (ISO 8601), not the snapshot's."
    ),
]
FailOnOption = Annotated[
    FailOn, typer.Option("--fail-on", help="Exit with 1 from this severity on.")
]
StrictOption = Annotated[
    bool,
    typer.Option("--strict", help="Also exit with 3 for evidence that was never asked for."),
]
SnapshotArgument = Annotated[
    Path, typer.Argument(metavar="SNAPSHOT", help="Snapshot file (.json or .json.gz).")
]
