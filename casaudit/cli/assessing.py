"""From a snapshot to written reports: what report, audit and demo have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import typer

from casaudit import shipped
from casaudit.assess import Extras
from casaudit.assess import assess as assessed
from casaudit.cli import console, files
from casaudit.cli.baselines import read_baseline
from casaudit.cli.exits import of_assessment
from casaudit.cli.file_set import FileSet
from casaudit.cli.options import FailOn, Locale, PackWishes, Profile, Target
from casaudit.cli.renders import renders_of
from casaudit.engine.check import load_rulebook
from casaudit.engine.evaluate import Question
from casaudit.engine.settings import Settings, read_settings
from casaudit.errors import UsageError
from casaudit.findings import Assessment, Letterhead, Severity
from casaudit.history import Baseline
from casaudit.i18n.languages import ENGLISH
from casaudit.report import FOR_PEOPLE, FORMATS, NAMES, Render
from casaudit.report.logo import MOST_BYTES, logo_address
from casaudit.report.terminal import run_summary
from casaudit.rulebook.rule import Rulebook
from casaudit.rulebook.translate import translated
from casaudit.snapshot import Snapshot
from casaudit.waivers import Waivers, read_waivers


@dataclass(frozen=True, slots=True)
class Request:
    """What the operator asked of a judgement and its reports."""

    folder: Path
    formats: str
    profile: Profile | None = None
    target: Target | None = None
    rules: Sequence[Path] = ()
    settings: Path | None = None
    as_of: str | None = None
    fail_on: FailOn = FailOn.HIGH
    strict: bool = False
    waivers: Path | None = None
    pack: PackWishes = field(default_factory=PackWishes)
    language: str = ENGLISH
    baseline: Path | None = None
    forecast: int = 0
    fail_on_standing: bool = False
    title: str = ""
    logo: Path | None = None
    locale: Locale = Locale.ENGLISH


def question(
    profile: Profile | None, target: Target | None, settings: Path | None, as_of: str | None
) -> Question:
    """Return what is asked of the rules; who names a target and no profile asks of a migration.

    Raises:
        UsageError: the time is none, or the settings file is not valid.
    """
    return Question(
        as_of=_moment(as_of),
        profile=(profile or (Profile.MIGRATION if target else Profile.HEALTH)).value,
        target=target.value if target else None,
        settings=_settings(settings),
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that was checked in full before any work is done.

    Attributes:
        book: the rules in English, for programs; ``spoken`` the same for people.
        renders: by format what makes its files, as the options of the request want them.
    """

    request: Request
    formats: Sequence[str]
    question: Question
    waivers: Waivers
    book: Rulebook
    spoken: Rulebook
    renders: Mapping[str, Render] = field(default_factory=lambda: FORMATS)
    baseline: Baseline | None = None
    letterhead: Letterhead = field(default_factory=Letterhead)


def prepare(request: Request) -> Prepared:
    """Check a request and its output folder.

    Raises:
        UsageError: as ``check``, or a folder that cannot be written.
    """
    prepared = check(request)
    files.ready_folder(request.folder)
    return prepared


def check(request: Request) -> Prepared:
    """Check rules, waivers, formats and time, and read the baseline.

    Raises:
        UsageError: an unknown format, an invalid time, rule or waiver.
        SourceError: the baseline cannot be read.
    """
    formats = _formats(request.formats)
    asked = question(request.profile, request.target, request.settings, request.as_of)
    book = load_rulebook(shipped.RULES, request.rules)
    # Against the English rules: a waiver names columns, never a translated text.
    accepted = waivers(request.waivers, book)
    spoken = _spoken(book, request.language)
    letterhead = _letterhead(request)
    renders = renders_of(request, formats, spoken.language, letterhead)
    baseline = read_baseline(request.baseline) if request.baseline else None
    return Prepared(request, formats, asked, accepted, book, spoken, renders, baseline, letterhead)


_LONGEST_TITLE = 100
_MOST_NAMED = 20


def _letterhead(request: Request) -> Letterhead:
    # A brief has to stay one sheet.
    if len(request.title) > _LONGEST_TITLE:
        raise UsageError("--title", f"has more than {_LONGEST_TITLE} characters", "shorten it")
    if request.logo is None:
        return Letterhead(request.title)
    try:
        # Neither a pipe nor an endless device is a picture.
        if not request.logo.is_file():
            raise UsageError(
                f"--logo {request.logo}", "is not a file", "give a PNG, JPEG or SVG file"
            )
        with request.logo.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
        raise UsageError(f"--logo {request.logo}", problem) from None
    return Letterhead(request.title, logo_address(content, str(request.logo)))


def _spoken(book: Rulebook, wanted: str) -> Rulebook:
    """Return the rules in a language; in English, and with a note, where it has no files."""
    spoken = translated(book, wanted.strip(), [shipped.REPORT_TEMPLATES])
    if spoken.language.wanted is not None:
        known = ", ".join(spoken.language.known)
        console.note(f"--language {wanted}: there is no such language, only {known}; using en")
    return spoken


def waivers(path: Path | None, book: Rulebook) -> Waivers:
    """Read a waiver file, if there is one.

    Raises:
        UsageError: it cannot be read or is not valid.
    """
    if path is None:
        return Waivers()
    evidence = {rule.id: rule.evidence for rule in book.rules}
    return read_waivers(read_text(path), str(path), evidence)


def assess(snapshot: Snapshot, prepared: Prepared) -> Assessment:
    """Judge a snapshot, compare it with the baseline and look ahead, as far as that was asked.

    Raises:
        UsageError: a waiver that ends too long after the snapshot was taken, or a baseline that
            cannot be compared.
    """
    # The longest term counts from the day of the evidence, which is known only now.
    prepared.waivers.check_terms(snapshot.collected_at)
    wanted = Extras(
        # Another judgement: made where a plan is written.
        outlook="ps1" in prepared.formats,
        baseline=prepared.baseline,
        months=prepared.request.forecast,
    )
    with console.working("judging"):
        return assessed(
            snapshot, prepared.book, prepared.question, waivers=prepared.waivers, wanted=wanted
        )


def _for_readers(assessment: Assessment, snapshot: Snapshot, prepared: Prepared) -> Assessment:
    """Return the assessment in the language of its readers; only its texts are others."""
    language = prepared.spoken.language
    if language.name == ENGLISH or not FOR_PEOPLE.intersection(prepared.formats):
        return replace(assessment, language=language)
    # Sentences are worded while judging: another language is another judgement.
    # The plan is tried once: what the page says of it are numbers, rules and names.
    spoken = assess(snapshot, replace(prepared, book=prepared.spoken, formats=()))
    return replace(spoken, outlook=assessment.outlook)


def judge(snapshot: Snapshot, prepared: Prepared, more: Mapping[str, bytes] | None = None) -> None:
    """Judge a snapshot, write the reports, print the summary and end with the exit code.

    Args:
        snapshot: the evidence.
        prepared: what was asked.
        more: other files that are written with the reports, all or none.
    """
    request = prepared.request
    assessment = assess(snapshot, prepared)
    spoken = _for_readers(assessment, snapshot, prepared)
    for_readers = replace(spoken, letterhead=prepared.letterhead)
    with FileSet(request.folder) as reports:
        reports.add(more or {})
        written: list[Path] = []
        for name in prepared.formats:
            with console.working(f"writing {name}"):
                # Files for programs stay English, whatever people read: scripts compare texts.
                seen = for_readers if name in FOR_PEOPLE else assessment
                found = prepared.renders[name](seen)
                paths = reports.add(found)
            if name == "pack":
                from casaudit.cli import pack_options

                reports.drop(pack_options.obsolete(found))
                paths = [request.folder / "pack"]
            # Of hundreds of sheets the first leads to the others.
            written += paths if len(paths) <= _MOST_NAMED else paths[:1]
        old = list(reports.strangers(NAMES))
        reports.place()
    console.show(run_summary(assessment, [str(path) for path in written]))
    if old:
        # Not taken away: people fill some of them in, and an earlier report may be the only one.
        console.note(f"of an earlier run, not of this one: {_shortened(old)}")
    fail_on = None if request.fail_on is FailOn.NEVER else Severity(request.fail_on.value)
    code = of_assessment(
        assessment, fail_on, strict=request.strict, standing=request.fail_on_standing
    )
    raise typer.Exit(code)


def _shortened(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def _settings(path: Path | None) -> Settings:
    return Settings() if path is None else read_settings(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Return the text of a file that people write.

    Raises:
        UsageError: it cannot be read, or is not UTF-8.
    """
    try:
        # Notepad has long begun UTF-8 files with a byte order mark.
        return path.read_text(encoding="utf-8-sig")
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
    # Never the zone of this machine: the same command has to judge alike everywhere.
    return moment.replace(tzinfo=moment.tzinfo or UTC)
