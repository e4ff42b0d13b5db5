"""From a snapshot to written reports: what report, audit and demo have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from casaudit import shipped
from casaudit.cli import console, files
from casaudit.cli.exits import of_assessment
from casaudit.cli.options import FailOn, Profile, Target
from casaudit.errors import UsageError
from casaudit.judge.check import load_rulebook
from casaudit.judge.evaluate import Question, evaluate
from casaudit.judge.findings import Severity
from casaudit.judge.rules import Rulebook
from casaudit.judge.settings import Settings, read_settings
from casaudit.report import FORMATS
from casaudit.report.terminal import summary
from casaudit.snapshot import Snapshot, loads


@dataclass(frozen=True, slots=True)
class Request:
    """What the operator asked of a judgement and its reports."""

    folder: Path
    formats: str
    profile: Profile = Profile.HEALTH
    target: Target | None = None
    rules: Sequence[Path] = ()
    settings: Path | None = None
    as_of: str | None = None
    fail_on: FailOn = FailOn.HIGH
    strict: bool = False


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot file.

    Raises:
        SourceError: it cannot be read or is none.
    """
    return loads(files.read_file(path), str(path))


def question(
    profile: Profile, target: Target | None, settings: Path | None, as_of: str | None
) -> Question:
    """Return what is asked of the rules.

    Raises:
        UsageError: the time is none, or the settings file is not valid.
    """
    return Question(
        as_of=_moment(as_of),
        profile=profile.value,
        target=target.value if target else None,
        settings=_settings(settings),
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that was checked in full before any work is done."""

    request: Request
    formats: Sequence[str]
    question: Question
    book: Rulebook


def prepare(request: Request) -> Prepared:
    """Check rules, formats, time and output folder.

    Raises:
        UsageError: an unknown format, an invalid time or rule, a folder that cannot be written.
    """
    formats = _formats(request.formats)
    asked = question(request.profile, request.target, request.settings, request.as_of)
    files.ready_folder(request.folder)
    return Prepared(request, formats, asked, load_rulebook(shipped.RULES, request.rules))


def judge(snapshot: Snapshot, prepared: Prepared) -> None:
    """Judge a snapshot, write the reports, print the summary and end with the exit code."""
    request = prepared.request
    with console.working("judging"):
        assessment = evaluate(snapshot, prepared.book, prepared.question)
    written: list[Path] = []
    for name in prepared.formats:
        with console.working(f"writing {name}"):
            written += files.write_files(request.folder, FORMATS[name](assessment))
    console.show(summary(assessment, [str(path) for path in written]))
    fail_on = None if request.fail_on is FailOn.NEVER else Severity(request.fail_on.value)
    raise typer.Exit(of_assessment(assessment, fail_on, strict=request.strict))


def _settings(path: Path | None) -> Settings:
    if path is None:
        return Settings()
    try:
        return read_settings(path.read_text(encoding="utf-8-sig"), str(path))
    except (OSError, UnicodeError) as error:
        raise UsageError(str(path), f"cannot be read: {error}") from None


def _formats(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise UsageError(
            "--format", f"unknown format {', '.join(unknown) or text!r}", f"one of {list(FORMATS)}"
        )
    return names


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            "--as-of", f"{text!r} is not a time", "write it as 2026-11-22 or 2026-11-22T06:00:00Z"
        ) from None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
