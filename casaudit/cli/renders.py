"""What makes the files of each format, with the options that are one format's own."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from casaudit.cli.options import Locale, PackWishes
from casaudit.errors import UsageError
from casaudit.findings import Letterhead
from casaudit.i18n.languages import Language
from casaudit.report import FORMATS, Render
from casaudit.report.csv_locale import LOCALES

# For the type checker only: assessing reads this module.
if TYPE_CHECKING:
    from casaudit.cli.assessing import Request


def renders_of(
    request: "Request", formats: Sequence[str], language: Language, letterhead: Letterhead
) -> Mapping[str, Render]:
    """Return what makes the files of each format.

    Raises:
        UsageError: options of a format that was not asked for, or as ``pack_options.renderer``.
    """
    # An option that would do nothing is refused, so that nobody relies on it.
    if "pack" not in formats and request.pack != PackWishes():
        raise UsageError("--format", "the options of an auditor pack need one", "add pack")
    locale, own = LOCALES[request.locale], dict(FORMATS)
    if request.locale is not Locale.ENGLISH:
        if not {"csv", "pack"}.intersection(formats):
            raise UsageError("--locale", "is for CSV files only", "add csv or pack to --format")
        from casaudit.report import csv

        own["csv"] = partial(csv.files, locale=locale)
    if "pack" in formats:
        from casaudit.cli import pack_options

        paper = pack_options.Paper(language, letterhead, locale)
        own["pack"] = pack_options.renderer(request.pack, paper, request.folder)
    return own
