"""The command that tells a judgement in a message: ``summary``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from casaudit.cli.options import (
    AsOfOption,
    BaselineOption,
    ForecastOption,
    ProfileOption,
    RulesOption,
    SettingsOption,
    TargetOption,
    WaiversOption,
)


class MessageFormat(StrEnum):
    """How a message is written."""

    MARKDOWN = "markdown"
    TEXT = "text"


def summary(
    source: Annotated[
        Path,
        typer.Argument(metavar="SOURCE", help="findings.json of a report, or a snapshot to judge."),
    ],
    style: Annotated[
        MessageFormat, typer.Option("--format", help="For a chat, or for a mail of plain text.")
    ] = MessageFormat.MARKDOWN,
    link: Annotated[
        str | None,
        typer.Option("--link", metavar="PLACE", help="Where the report lies: address or path."),
    ] = None,
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
    baseline: BaselineOption = None,
    forecast: ForecastOption = 0,
) -> None:
    """Print a judgement as a message for mail or chat: the answer, causes, what was not seen.

    From findings.json it tells what that run found; the options that judge are for a snapshot.
    """
    from casaudit.cli import assessing, console, files
    from casaudit.errors import UsageError
    from casaudit.findings.document import Overview, is_findings, read_document
    from casaudit.report.json import files as findings
    from casaudit.report.message import markdown

    data = files.read_file(source)
    request = assessing.Request(
        Path(), "json", profile, target, rules or (), settings, as_of,
        waivers=waivers, baseline=baseline, forecast=forecast,
    )  # fmt: skip
    if not is_findings(data):
        snapshot = assessing.read_snapshot(source)
        data = findings(assessing.assess(snapshot, assessing.check(request)))["findings.json"]
    # An option that would do nothing is refused, so that nobody thinks it did something.
    elif request != assessing.Request(Path(), "json"):
        raise UsageError(
            str(source), "is judged already", "give its snapshot to judge it in another way"
        )
    in_style = markdown.Style(is_plain=style is MessageFormat.TEXT)
    # Overview passes over the verdicts, of which a large document has a hundred thousand.
    message = markdown.message(read_document(data, str(source), Overview), in_style, link)
    if output is None:
        console.show_data(message)
    else:
        files.write_file(output, message.encode())
