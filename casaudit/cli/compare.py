"""The commands that look back: ``diff`` between two snapshots, and ``trend`` over many."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casaudit.cli.options import (
    AsOfOption,
    Locale,
    LocaleOption,
    ProfileOption,
    RulesOption,
    SettingsOption,
    TargetOption,
    WaiversOption,
)

if TYPE_CHECKING:
    from casaudit.findings import Assessment


class DiffFormat(StrEnum):
    """How changes are written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def diff(
    old: Annotated[
        Path,
        typer.Argument(
            metavar="OLD", help="Folder of an earlier report, its findings.json, or a snapshot."
        ),
    ],
    new: Annotated[
        Path, typer.Argument(metavar="NEW", help="Snapshot, or a folder: the newest in it.")
    ],
    style: Annotated[
        DiffFormat, typer.Option("--format", help="For people, programs or spreadsheets.")
    ] = DiffFormat.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write it to a file, UTF-8."),
    ] = None,
    profile: ProfileOption = None,
    target: TargetOption = None,
    rules: RulesOption = None,
    settings: SettingsOption = None,
    waivers: WaiversOption = None,
    as_of: AsOfOption = None,
    locale: LocaleOption = Locale.ENGLISH,
) -> None:
    """Tell what changed between two snapshots: new, fixed, still open; each with its cause.

    The cause is one of configuration, rule, coverage, waiver and time. See docs/changes.md.
    """
    # Imported when the command runs: --help has to start in a blink.
    from casaudit.cli import assessing, console, files, inputs
    from casaudit.cli.exits import ExitCode
    from casaudit.errors import UsageError

    if locale is not Locale.ENGLISH and style is not DiffFormat.CSV:
        raise UsageError("--locale", "is for CSV files only", "add --format csv")

    request = assessing.Request(
        Path(), "json", profile, target, rules or (), settings, as_of, waivers=waivers,
        baseline=old,
    )  # fmt: skip
    # check, not prepare: nothing is written but what -o names.
    prepared = assessing.check(request)
    assessment = assessing.assess(inputs.read_snapshot(new), prepared)
    content = _written(assessment, style, locale)
    if output is not None:
        files.write_file(output, content)
        console.note(f"written: {output}")
    else:
        console.show_data(content.decode("utf-8"))
    # What is gone only because nothing was seen must not read as repaired.
    if not assessment.is_auditable:
        console.note(f"{new}: nothing could be audited: no Exchange server and no database in it")
        raise typer.Exit(ExitCode.NO_AUDIT)


def _written(assessment: "Assessment", style: DiffFormat, locale: Locale) -> bytes:
    from casaudit.report import changes
    from casaudit.report.csv_locale import LOCALES

    match style:
        case DiffFormat.JSON:
            return changes.as_json(assessment)
        case DiffFormat.CSV:
            return changes.as_csv(assessment, LOCALES[locale])
    return changes.change_text(assessment).encode("utf-8")


def trend(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Folder with snapshots, or with the folders of earlier runs."
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the reports.")
    ] = Path("casaudit-trend"),
    profile: ProfileOption = None,
    target: TargetOption = None,
    rules: RulesOption = None,
    settings: SettingsOption = None,
    waivers: WaiversOption = None,
    locale: LocaleOption = Locale.ENGLISH,
) -> None:
    """Show failures over time: a table here, trend.csv and trend.html in the output folder.

    Every snapshot is judged by the present rules at its own time. A file that cannot be read
    is told and left out.
    """
    from casaudit.cli import assessing, console, files, snapshot_folder
    from casaudit.cli.file_set import FileSet
    from casaudit.history.trend import trend_of
    from casaudit.report import trend as papers
    from casaudit.report.csv_locale import LOCALES

    prepared = assessing.check(
        assessing.Request(Path(), "json", profile, target, rules or (), settings, waivers=waivers)
    )
    runs = snapshot_folder.runs(folder, prepared)
    # Only now: a folder without snapshots must not leave an empty one of reports behind.
    files.ready_folder(output)
    found = trend_of(runs)
    console.show(papers.trend_table(found))
    with FileSet(output) as reports:
        reports.add(papers.files(found, LOCALES[locale]))
        for path in reports.place():
            console.note(f"written: {path}")
