"""The auditor pack: everything that was judged as tables, with what is needed to check it.

Tables are CSV files and sheets of one workbook. A manifest holds the hash of every file, of the
snapshot and of the rules; it can be signed. The snapshot itself is not part of the pack.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casaudit.findings import Assessment, Letterhead, Value
from casaudit.i18n.languages import Language
from casaudit.report import json
from casaudit.report.csv import MAX_CELL, CsvLines
from casaudit.report.csv_locale import FOR_PROGRAMS, CsvLocale
from casaudit.report.pack import manifest
from casaudit.report.pack.attestations import Attestation, attestation_table
from casaudit.report.pack.cover import CoverSheet
from casaudit.report.pack.sample import Sampling, sample_table
from casaudit.report.pack.xlsx import MAX_ROWS, Line, lines_of, workbook
from casaudit.report.tables import VERSION, DataTable, dictionary_table
from casaudit.report.tables.changed import change_table
from casaudit.report.tables.collected import about_table, coverage_table, gap_table, source_table
from casaudit.report.tables.objects import object_tables
from casaudit.report.tables.rules import cause_table, control_table, population_table, rule_table
from casaudit.report.tables.verdicts import evidence_dictionary, evidence_table, findings_table
from casaudit.report.tables.waived import waiver_table
from casaudit.shipped import REPORT_TEMPLATES
from casaudit.text import iso, visible

FOLDER, WORKBOOK = "pack", "casaudit.xlsx"
# A new pack takes the old ones away: a signature of another manifest would look like a forgery.
OPTIONAL = (manifest.SIGNATURE, "attestations.csv", "changes.csv")
"""Files that one pack has and the next one in the same folder may lack."""

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Options:
    """What a pack may have of its own.

    Attributes:
        sign: gives the Ed25519 signature of the manifest; ``None`` leaves the pack unsigned.
        attestations: results of tests by hand, from a sample that was filled in.
        language: of its README and of the workbook's cover; everything else in a pack is English.
        letterhead: its title stands on the cover.
        locale: how its CSV files are written.
    """

    sampling: Sampling = field(default_factory=Sampling)
    sign: Sign | None = None
    attestations: tuple[Attestation, ...] = ()
    language: Language = field(default_factory=Language)
    letterhead: Letterhead = field(default_factory=Letterhead)
    locale: CsvLocale = FOR_PROGRAMS


def files(assessment: Assessment, options: Options | None = None) -> dict[str, bytes]:
    """Return the files of the pack, all below ``pack/``; the manifest comes after what it lists."""
    asked = options or Options()
    tables = _tables(assessment, asked)
    book, found = _workbook_and_csv(assessment, asked, tables)
    entries = [
        manifest.listing(each.file, found[each.file], len(each.items), each.names)
        for each in tables
    ]
    others = {
        **json.files(assessment),
        WORKBOOK: book,
        "README.txt": _readme(assessment, asked, tables),
    }
    entries += [manifest.listing(name, content) for name, content in others.items()]
    found |= others
    found[manifest.NAME] = _manifest(assessment, asked, entries).dumps()
    if asked.sign is not None:
        found[manifest.SIGNATURE] = base64.b64encode(asked.sign(found[manifest.NAME])) + b"\n"
    # Last: it lists everything else, the manifest and its signature too.
    found[manifest.SUMS] = manifest.sums(found)
    return {f"{FOLDER}/{name}": content for name, content in found.items()}


def _tables(assessment: Assessment, options: Options) -> list[DataTable[Any]]:
    """Return the tables in the order of the workbook's sheets."""
    tables: list[DataTable[Any]] = [
        about_table(_facts(assessment)),
        findings_table(assessment),
        population_table(assessment),
        evidence_table(assessment),
        control_table(assessment),
        waiver_table(assessment),
        cause_table(assessment),
        *object_tables(assessment),
        coverage_table(assessment),
        gap_table(assessment),
        source_table(assessment),
        rule_table(assessment),
    ]
    if assessment.comparison is not None:
        tables.append(change_table(assessment.comparison))
    tables.append(sample_table(assessment, options.sampling))
    if options.attestations:
        tables.append(attestation_table(assessment, options.attestations))
    tables.append(evidence_dictionary(assessment))
    return [*tables, dictionary_table(tables, options.locale.forms)]


def _workbook_and_csv(
    assessment: Assessment, options: Options, tables: list[DataTable[Any]]
) -> tuple[bytes, dict[str, bytes]]:
    """Write the workbook and all CSV files in one pass over the lines of the tables."""
    files_of = {each.file: CsvLines(each.names, each.moments, options.locale) for each in tables}

    def lines(table: DataTable[Any]) -> Iterator[Line]:
        file = files_of[table.file]
        # Each cell is made once for both files, so that they cannot differ.
        for line in lines_of(table):
            file.add(*line)
            yield line

    title = f"casaudit: {assessment.organization}"
    cover = CoverSheet(assessment, tables, options.language, options.letterhead)
    book = workbook(tables, title, assessment.as_of, lines, cover)
    return book, {name: file.content() for name, file in files_of.items()}


def _facts(assessment: Assessment) -> dict[str, Value]:
    return {
        "organization": assessment.organization,
        "collected_at": iso(assessment.collected_at),
        "as_of": iso(assessment.as_of),
        "profile": assessment.profile,
        "target": assessment.target,
        "snapshot_sha256": assessment.snapshot_sha256,
        "rules_sha256": assessment.rules_sha256,
        "tool_version": assessment.tool_version,
    }


def _manifest(
    assessment: Assessment, options: Options, entries: list[manifest.PackFile]
) -> manifest.Manifest:
    drawn = next(each.rows or 0 for each in entries if each.name == "sample.csv")
    return manifest.Manifest(
        schema=manifest.SCHEMA,
        tool_version=assessment.tool_version,
        organization=visible(assessment.organization),
        collected_at=iso(assessment.collected_at),
        as_of=iso(assessment.as_of),
        profile=assessment.profile,
        target=assessment.target,
        snapshot_sha256=assessment.snapshot_sha256,
        rules_sha256=assessment.rules_sha256,
        columns_version=VERSION,
        sample=manifest.SampleDraw(
            size=options.sampling.size,
            seed=visible(options.sampling.seed_for(assessment)),
            drawn=drawn,
        ),
        # Within what is signed, so that a pack whose signature got lost is noticed.
        signed=options.sign is not None,
        files=tuple(sorted(entries, key=lambda each: each.name)),
    )


def _readme(assessment: Assessment, options: Options, tables: list[DataTable[Any]]) -> bytes:
    environment = Environment(
        loader=FileSystemLoader(REPORT_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: visible(value) if isinstance(value, str) else value,
        # A text file has no markup to get into; what is hidden was made visible by ``finalize``.
        autoescape=False,
    )
    names = [f"pack-readme.{options.language.name}.txt.j2", "pack-readme.txt.j2"]
    text = environment.select_template(names).render(
        a=assessment,
        facts=_facts(assessment),
        summary=assessment.summary(),
        tables=tables,
        about={each.name: options.language.say(each.about) for each in tables},
        locale=options.locale,
        is_signed=options.sign is not None,
        seed=options.sampling.seed_for(assessment),
        size=options.sampling.size,
        has_own_seed=options.sampling.seed is not None,
        most_rows=MAX_ROWS,
        most_characters=MAX_CELL,
    )
    # Notepad before Windows 10 (1809) knows no other end of a line, and takes the byte order
    # mark as the sign of UTF-8.
    return text.replace("\n", "\r\n").encode("utf-8-sig")
