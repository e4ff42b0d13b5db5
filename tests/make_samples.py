"""Write the sample organisations and their reports again: ``python -m tests.make_samples``.

Certificates that are there are kept, so that only a change of an organisation changes a file.
"""

from casaudit.judge.check import load_rulebook
from casaudit.judge.evaluate import Question, evaluate
from casaudit.report import FORMATS
from casaudit.shipped import RULES, SAMPLES
from casaudit.snapshot import dumps, loads
from tests.forest import Forest, entries, ldif, snapshot
from tests.organisations import ORGANISATIONS

REPORTED = "article-a"
"""The sample whose reports are shipped too; the tests of the reports hold them."""


def sample_files(forest: Forest) -> dict[str, bytes]:
    """Return the files of a sample by name."""
    return {"directory.ldf": ldif(entries(forest)), "snapshot.json": dumps(snapshot(forest))}


def report_files(name: str) -> dict[str, bytes]:
    """Return the reports made from a sample's snapshot, by file name."""
    path = SAMPLES / name / "snapshot.json"
    assessment = evaluate(loads(path.read_bytes(), name), load_rulebook(RULES), Question())
    return {
        file: content for render in FORMATS.values() for file, content in render(assessment).items()
    }


def main() -> None:
    """Write every sample."""
    for name, build in ORGANISATIONS.items():
        folder = SAMPLES / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in sample_files(build()).items():
            (folder / file).write_bytes(content)
    folder = SAMPLES / REPORTED / "report"
    folder.mkdir(exist_ok=True)
    for file, content in report_files(REPORTED).items():
        (folder / file).write_bytes(content)


if __name__ == "__main__":
    main()
