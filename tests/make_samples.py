"""Write the sample organisations and their reports again: ``python -m tests.make_samples``.

Certificates that are there are kept, so that only a change of an organisation changes a file.
"""

from casaudit.assess import Extras, assess
from casaudit.cli.report import DEFAULT_FORMATS
from casaudit.engine.check import load_rulebook
from casaudit.engine.evaluate import Question
from casaudit.report import FORMATS
from casaudit.rulebook.translate import translated
from casaudit.shipped import REPORT_TEMPLATES, RULES, SAMPLES
from casaudit.snapshot import dumps, loads
from tests.forest import Forest, entries, ldif, snapshot
from tests.support.organisations import ORGANISATIONS

REPORTED = "article-a"
"""The sample whose reports are shipped too; the tests of the reports hold them."""


PLANNED = ("article-a", "article-b")
"""The samples whose remediation plans are shipped."""


def sample_files(forest: Forest) -> dict[str, bytes]:
    """Return the files of a sample by name."""
    return {"directory.ldf": ldif(entries(forest)), "snapshot.json": dumps(snapshot(forest))}


def report_files(name: str) -> dict[str, bytes]:
    """Return the reports that a run makes unless asked for others, by file name."""
    path = SAMPLES / name / "snapshot.json"
    assessment = assess(loads(path.read_bytes(), name), load_rulebook(RULES), Question())
    return {
        file: content
        for format_ in DEFAULT_FORMATS.split(",")
        for file, content in FORMATS[format_](assessment).items()
    }


def german_report(name: str) -> dict[str, bytes]:
    """Return the report in German, by file name."""
    path = SAMPLES / name / "snapshot.json"
    book = translated(load_rulebook(RULES), "de", [REPORT_TEMPLATES])
    assessment = assess(loads(path.read_bytes(), name), book, Question())
    return {"report.de.html": FORMATS["html"](assessment)["report.html"]}


def plan_files(name: str) -> dict[str, bytes]:
    """Return the remediation plan made from a sample's snapshot, by file name."""
    path = SAMPLES / name / "snapshot.json"
    snapshot = loads(path.read_bytes(), name)
    wanted = Extras(outlook=True)
    return FORMATS["ps1"](assess(snapshot, load_rulebook(RULES), Question(), wanted=wanted))


def main() -> None:
    """Write every sample."""
    for name, build in ORGANISATIONS.items():
        folder = SAMPLES / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in sample_files(build()).items():
            (folder / file).write_bytes(content)
    reports = [(REPORTED, {**report_files(REPORTED), **german_report(REPORTED)})]
    reports += [(name, plan_files(name)) for name in PLANNED]
    for name, made in reports:
        folder = SAMPLES / name / "report"
        folder.mkdir(exist_ok=True)
        for file, content in made.items():
            (folder / file).write_bytes(content)


if __name__ == "__main__":
    main()
