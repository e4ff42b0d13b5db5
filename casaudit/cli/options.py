"""Options that several commands share, each described once."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from casaudit.cli.guidance import JUDGING, OUTPUT
from casaudit.report import FORMATS

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


# No info: it never counts, whatever is asked.
class FailOn(StrEnum):
    """The mildest severity that makes the exit code 1."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    NEVER = "never"


class Locale(StrEnum):
    """For whose Excel CSV files are written; ``en`` is also what programs read."""

    ENGLISH = "en"
    GERMAN = "de"


@dataclass(frozen=True, slots=True)
class PackWishes:
    """What was asked of an auditor pack: its sample, its signature, results of tests."""

    sample_size: int | None = None
    sample_seed: str | None = None
    sign_key: Path | None = None
    attestations: Path | None = None


FolderOption = Annotated[
    Path,
    typer.Option(
        "-o", "--output", metavar="DIR", help="Folder for the reports.", rich_help_panel=OUTPUT
    ),
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="LIST",
        help=f"Reports to write, separated by commas: {', '.join(FORMATS)}.",
        rich_help_panel=OUTPUT,
    ),
]
TitleOption = Annotated[
    str,
    typer.Option(
        "--title",
        metavar="TEXT",
        help="Head of the reports for people, such as a customer's name.",
        rich_help_panel=OUTPUT,
    ),
]
LogoOption = Annotated[
    Path | None,
    typer.Option(
        "--logo",
        metavar="FILE",
        help="Logo at their head: PNG, JPEG or SVG, at most 256 KiB.",
        rich_help_panel=OUTPUT,
    ),
]
ProfileOption = Annotated[
    Profile | None,
    typer.Option(
        "--profile",
        help="Which rules to judge: for whom the report is. Health, or with --target migration.",
        rich_help_panel=JUDGING,
    ),
]
TargetOption = Annotated[
    Target | None,
    typer.Option(
        "--target",
        help="Exchange version to migrate to: a report before a migration.",
        rich_help_panel=JUDGING,
    ),
]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="DIR",
        help="Folder with more rules (repeatable).",
        rich_help_panel=JUDGING,
    ),
]
SettingsOption = Annotated[
    Path | None,
    typer.Option(
        "--settings",
        metavar="FILE",
        help="What only you know, in YAML; see docs/settings.md.",
        rich_help_panel=JUDGING,
    ),
]
WaiversOption = Annotated[
    Path | None,
    typer.Option(
        "--waivers",
        metavar="FILE",
        help="Failures that are accepted, in YAML; docs/waivers.md.",
        rich_help_panel=JUDGING,
    ),
]
BaselineOption = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="PATH",
        help="What to compare with: the folder of an earlier report, its findings.json, or a "
        "snapshot; docs/changes.md.",
        rich_help_panel=JUDGING,
    ),
]
ForecastOption = Annotated[
    int,
    typer.Option(
        "--forecast", metavar="MONTHS", min=0, max=24,
        help="Tell what turns red by itself before so many monthly runs.", rich_help_panel=JUDGING),
]  # fmt: skip
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="Judge as of this time (ISO 8601), not the snapshot's.",
        rich_help_panel=JUDGING,
    ),
]
FailOnOption = Annotated[
    FailOn,
    typer.Option("--fail-on", help="Exit with 1 from this severity on.", rich_help_panel=JUDGING),
]
FailOnStandingOption = Annotated[
    bool,
    typer.Option(
        "--fail-on-standing",
        help="Let standing notices (no support for Exchange 2010) count for --fail-on too.",
        rich_help_panel=JUDGING,
    ),
]
LanguageOption = Annotated[
    str,
    typer.Option(
        "--language",
        metavar="NAME",
        help="Of report.html, such as de; see docs/languages.md.",
        rich_help_panel=OUTPUT,
    ),
]
LocaleOption = Annotated[
    Locale,
    typer.Option(
        "--locale",
        help="Of CSV files: de opens by double click in Excel where semicolons part cells.",
        rich_help_panel=OUTPUT,
    ),
]
StrictOption = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Also exit with 3 for evidence that was never asked for.",
        rich_help_panel=JUDGING,
    ),
]
SampleSizeOption = Annotated[
    int | None,
    typer.Option(
        "--sample-size",
        metavar="N",
        min=1,
        help="Verdicts to test by hand, for --format pack.",
        rich_help_panel=OUTPUT,
    ),
]
SampleSeedOption = Annotated[
    str | None,
    typer.Option(
        "--sample-seed",
        metavar="TEXT",
        help="Draws those verdicts; the snapshot's hash else.",
        rich_help_panel=OUTPUT,
    ),
]
SignKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--sign-key",
        metavar="FILE",
        help="Ed25519 key (PEM) that signs the auditor pack.",
        rich_help_panel=OUTPUT,
    ),
]
AttestationsOption = Annotated[
    Path | None,
    typer.Option(
        "--attestations",
        metavar="FILE",
        help="Workbook or sample.csv of an earlier auditor pack, its sample filled in.",
        rich_help_panel=OUTPUT,
    ),
]
SnapshotArgument = Annotated[
    Path,
    typer.Argument(
        metavar="SNAPSHOT", help="Snapshot (.json, .json.gz), or a folder: the newest in it."
    ),
]
