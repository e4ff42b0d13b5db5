"""The command that tells a judgement in a message: ``summary``."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from casaudit.cli.assessing import Request


class MessageFormat(StrEnum):
    """How a message is written."""

    MARKDOWN = "markdown"
    TEXT = "text"


def summary(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="findings.json of a report, a snapshot to judge, or a folder with either.",
        ),
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
    from casaudit.findings.document import Overview, read_document
    from casaudit.report.message import markdown

    request = assessing.Request(
        Path(), "json", profile, target, rules or (), settings, as_of,
        waivers=waivers, baseline=baseline, forecast=forecast,
    )  # fmt: skip
    name, data = _findings(source, request)
    in_style = markdown.Style(is_plain=style is MessageFormat.TEXT)
    # Overview passes over the verdicts, of which a large document has a hundred thousand.
    message = markdown.message(read_document(data, name, Overview), in_style, link)
    if output is None:
        console.show_data(message)
    else:
        files.write_file(output, message.encode())


def _findings(source: Path, request: "Request") -> tuple[str, bytes]:
    """Return a findings document and its name: that of a report, or a snapshot judged now."""
    from casaudit.cli import assessing, files, inputs
    from casaudit.errors import UsageError
    from casaudit.findings.document import is_findings
    from casaudit.report.json import files as findings

    # Of a folder its report is told, as it was; to judge in another way there is its snapshot.
    is_asked = request != assessing.Request(Path(), "json")
    if source.is_dir() and not is_asked and (source / "findings.json").is_file():
        source /= "findings.json"
    data = files.read_file(source) if source.is_file() else b""
    if not is_findings(data):
        assessment = assessing.assess(inputs.read_snapshot(source), assessing.check(request))
        return str(source), findings(assessment)["findings.json"]
    # An option that would do nothing is refused, so that nobody thinks it did something.
    if is_asked:
        raise UsageError(
            str(source), "is judged already", "give its snapshot to judge it in another way"
        )
    return str(source), data
