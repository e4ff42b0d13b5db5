"""Writing an auditor pack as its operator wishes: its sample, its signature, results of tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from casaudit.cli import files, signing
from casaudit.cli.options import PackWishes
from casaudit.errors import UsageError
from casaudit.findings import Assessment, Letterhead
from casaudit.i18n.languages import Language
from casaudit.report import pack
from casaudit.report.csv_locale import CsvLocale
from casaudit.report.pack.attestations import is_filled_in, read_attestations
from casaudit.report.pack.sample import Sampling


@dataclass(frozen=True, slots=True)
class Paper:
    """What a pack has in common with the other reports of a run."""

    language: Language
    letterhead: Letterhead
    locale: CsvLocale


def renderer(
    wishes: PackWishes, paper: Paper, folder: Path
) -> Callable[[Assessment], dict[str, bytes]]:
    """Read the key and the results of tests; return what makes the files of the pack.

    Raises:
        UsageError: a file that cannot be read or is not what it should be, or a sample in the
            folder that somebody filled in.
    """
    for name in ("sample.csv", pack.WORKBOOK):
        _spare_work(folder / pack.FOLDER / name)
    sampling = Sampling(seed=wishes.sample_seed)
    if wishes.sample_size is not None:
        sampling = Sampling(wishes.sample_size, wishes.sample_seed)
    path = wishes.attestations
    options = pack.Options(
        sampling,
        signing.signing_key(wishes.sign_key).sign if wishes.sign_key else None,
        read_attestations(files.read_file(path), str(path)) if path else (),
        paper.language,
        paper.letterhead,
        paper.locale,
    )
    return partial(pack.files, options=options)


def _spare_work(sample: Path) -> None:
    """Refuse to write over a sample with results of tests, of which there may be no copy."""
    if sample.exists() and is_filled_in(files.read_file(sample)):
        raise UsageError(
            str(sample), "was filled in and would be lost", "move it away, or choose another -o"
        )


def obsolete(found: Mapping[str, bytes]) -> set[str]:
    """Return what only an earlier pack had: verify would report a stranger."""
    return {f"{pack.FOLDER}/{each}" for each in pack.OPTIONAL} - found.keys()
