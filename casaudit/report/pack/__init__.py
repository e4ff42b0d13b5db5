"""The auditor pack: everything that was judged as tables, with what is needed to check it.

Tables are CSV files and sheets of one workbook. A manifest holds the hash of every file, of the
snapshot and of the rules; it can be signed. The snapshot itself is not part of the pack.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casaudit.findings import Assessment, Value
from casaudit.i18n.languages import ENGLISH
from casaudit.report import json
from casaudit.report.csv import MAX_CELL, table
from casaudit.report.pack import columns, manifest
from casaudit.report.pack.attestations import Attestation, attestation_rows
from casaudit.report.pack.sample import Sampling, sample_rows
from casaudit.report.pack.sheets import Sheet, about, changes, dictionary, iso, sheets
from casaudit.report.pack.xlsx import MAX_ROWS, Table, workbook
from casaudit.shipped import REPORT_TEMPLATES
from casaudit.text import visible

FOLDER = "pack"
OPTIONAL = (manifest.SIGNATURE, "attestations.csv", "changes.csv")
"""Files that one pack has and the next one in the same folder may lack."""

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Options:
    """What a pack may have of its own.

    Attributes:
        sign: gives the Ed25519 signature of the manifest; ``None`` leaves the pack unsigned.
        attestations: results of tests by hand, from a sample that was filled in.
        language: of its README; everything else in a pack is English.
    """

    sampling: Sampling = field(default_factory=Sampling)
    sign: Sign | None = None
    attestations: tuple[Attestation, ...] = ()
    language: str = ENGLISH


def files(assessment: Assessment, options: Options | None = None) -> dict[str, bytes]:
    """Return the files of the pack, all below ``pack/``; the manifest comes after what it lists."""
    asked = options or Options()
    tables = _tables(assessment, asked)
    found = {each.file: table(tuple(each.columns), each.rows()) for each in tables}
    entries = [
        manifest.listed(
            each.file, found[each.file], found[each.file].count(b"\n") - 1, tuple(each.columns)
        )
        for each in tables
    ]
    others = {
        **json.files(assessment),
        "casaudit.xlsx": _workbook(assessment, tables),
        "README.txt": _readme(assessment, asked, tables),
    }
    entries += [manifest.listed(name, content) for name, content in others.items()]
    found |= others
    found[manifest.NAME] = _manifest(assessment, asked, entries).dumps()
    if asked.sign is not None:
        found[manifest.SIGNATURE] = base64.b64encode(asked.sign(found[manifest.NAME])) + b"\n"
    found[manifest.SUMS] = manifest.sums(found)
    return {f"{FOLDER}/{name}": content for name, content in found.items()}


def _tables(assessment: Assessment, options: Options) -> list[Sheet]:
    sampled = sample_rows(assessment, options.sampling)
    tested = attestation_rows(assessment, options.attestations)
    told = [about(_facts(assessment)), *sheets(assessment)]
    if assessment.comparison is not None:
        told.append(changes(assessment.comparison))
    told.append(Sheet("sample", "a verdict to test by hand", columns.SAMPLE, lambda: sampled))
    if options.attestations:
        meaning = "a verdict that was tested by hand"
        told.append(Sheet("attestations", meaning, columns.ATTESTATIONS, lambda: tested))
    return [*told, dictionary(told)]


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


def _workbook(assessment: Assessment, tables: list[Sheet]) -> bytes:
    sheets_of = [Table(each.name, tuple(each.columns), each.rows) for each in tables]
    return workbook(sheets_of, f"casaudit: {assessment.organization}", assessment.as_of)


def _manifest(
    assessment: Assessment, options: Options, entries: list[manifest.Listed]
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
        columns_version=columns.VERSION,
        sample=manifest.Drawn(
            size=options.sampling.size,
            seed=visible(options.sampling.seed_for(assessment)),
            drawn=drawn,
        ),
        signed=options.sign is not None,
        files=tuple(sorted(entries, key=lambda each: each.name)),
    )


def _readme(assessment: Assessment, options: Options, tables: list[Sheet]) -> bytes:
    environment = Environment(
        loader=FileSystemLoader(REPORT_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: visible(value) if isinstance(value, str) else value,
        autoescape=False,
    )
    names = [f"pack-readme.{options.language}.txt.j2", "pack-readme.txt.j2"]
    text = environment.select_template(names).render(
        a=assessment,
        facts=_facts(assessment),
        summary=assessment.summary(),
        tables=tables,
        is_signed=options.sign is not None,
        seed=options.sampling.seed_for(assessment),
        size=options.sampling.size,
        has_own_seed=options.sampling.seed is not None,
        most_rows=MAX_ROWS,
        most_characters=MAX_CELL,
    )
    return text.replace("\n", "\r\n").encode("utf-8-sig")
