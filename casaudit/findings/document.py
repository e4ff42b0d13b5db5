"""findings.json: the one model of the document, from which writing, reading and schema come.

The engine's own classes (``Finding``, ``Cause`` ...) are computed values; ``report/json.py``
builds the document from them.
"""

import json
import re
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from casaudit.errors import SourceError
from casaudit.findings.document_changes import ComparisonPart, ForecastPart
from casaudit.findings.document_migration import MigrationPart
from casaudit.findings.document_parts import (
    Confidence,
    Count,
    DocumentPart,
    Fingerprint,
    FromText,
    Listed,
    Moment,
    Number,
    Profile,
    RemediationPart,
    ResultPart,
    SeverityText,
    Sha256,
    Target,
    WaiverUsePart,
)
from casaudit.snapshot import Status
from casaudit.validation import first_mistake

SCHEMA: Literal["casaudit/findings/1"] = "casaudit/findings/1"

# Searched in the bytes: whether a file is one has to be told of 60 MiB, and of broken ones.
_SCHEMA_KEY = re.compile(rb'"schema":\s*"casaudit/findings/\d+"')


class JudgementPart(DocumentPart):
    """The answer in words, as the first screen of the report gives it.

    Attributes:
        standing: the standing notices, counted and named; empty without any.
    """

    state: Literal["nothing", "bad", "fair", "unseen", "good"]
    verdict: str
    sentence: str
    standing: str = ""


class CountsPart(DocumentPart):
    """Verdicts counted, one per rule and object; severities without failures are left out."""

    fail: dict[SeverityText, Number]
    # ``pass`` is a word of Python's grammar.
    passed: Count = Field(alias="pass")
    not_evaluated: Count
    not_applicable: Count
    waived: Count

    @property
    def total(self) -> int:
        """How many verdicts there are."""
        given = sum(self.fail.values()) + self.passed
        return given + self.not_evaluated + self.not_applicable


class SummaryPart(CountsPart):
    """All verdicts counted, and apart those of the organisation, notices and the collection.

    Attributes:
        organization: verdicts on its objects: what headline, shares and exit code rest on.
        standing: failures of rules that are standing: notices, which change none of these.
        collection: verdicts about the evidence itself.
        rules_failed: rules that could not be run and judged nothing.
        rules_without_objects: rules that found no object of their kind.
    """

    # Documents of earlier versions do not have them.
    organization: CountsPart | None = None
    collection: CountsPart | None = None
    standing: CountsPart | None = None
    rules_failed: Count = 0
    rules_without_objects: Count = 0


class PopulationPart(DocumentPart):
    """Objects of a rule by verdict."""

    passed: Count = Field(alias="pass")
    fail: Count
    not_evaluated: Count
    not_applicable: Count


class CausePart(DocumentPart):
    """Failures of one rule with one root.

    Attributes:
        label: what tells it from the other causes of its rule.
        parent: id of the cause to repair first.
    """

    id: str
    rule_id: str
    label: str
    severity: SeverityText
    parent: str | None
    fingerprints: Annotated[Listed[Fingerprint], Field(min_length=1)]
    remediation: RemediationPart


class ReferencePart(DocumentPart):
    """A published source of a rule."""

    title: str
    url: str | None


class RulePart(DocumentPart):
    """A rule that was judged, with its population.

    Attributes:
        severity: before adjustment.
        confidence: how sure the rule's claim is; ``judgement`` is a recommendation.
        controls: control ids by framework.
        after: rules whose remediation comes first.
        problem: why the rule could not be run; null where it judged.
        standing: whether its failures are notices, and no part of the answer.
        requirement: what holds where it passes; empty in documents of earlier versions.
    """

    id: str
    revision: Number
    title: str
    severity: SeverityText
    why: str
    confidence: Confidence
    profiles: Listed[Profile]
    references: Listed[ReferencePart]
    controls: dict[str, Listed[str]]
    after: Listed[str]
    population: PopulationPart
    problem: str | None = None
    standing: bool = False
    requirement: str = ""


class SectionPart(DocumentPart):
    """How much of one kind of evidence was seen."""

    section: str
    status: Annotated[Status, FromText]
    asked: Count
    answered: Count


class GapPart(DocumentPart):
    """Something that was asked for and not seen."""

    section: str
    subject: str
    reason: str
    detail: str


class Overview(DocumentPart):
    """The document without its verdicts: all that a summary tells."""

    schema_: Literal["casaudit/findings/1"] = Field(alias="schema")
    organization: str
    collected_at: Moment
    as_of: Moment
    profile: Profile
    target: Target | None
    snapshot_sha256: Sha256
    rules_sha256: Sha256
    tool_version: str
    judgement: JudgementPart
    summary: SummaryPart
    migration: MigrationPart | None
    causes: Listed[CausePart]
    rules: Listed[RulePart]
    waivers: Listed[WaiverUsePart]
    comparison: ComparisonPart | None
    forecast: ForecastPart | None
    coverage: Listed[SectionPart]
    gaps: Listed[GapPart]


class FindingsDocument(Overview):
    """What casaudit judged: one result per rule and object, with the values it rests on.

    Attributes:
        organization: name of the Exchange organisation.
        collected_at: when the collection began.
        as_of: reference time of the judgement.
        target: version to migrate to, when one was named.
        snapshot_sha256: of the snapshot in its canonical form.
        rules_sha256: of the rules, views and data that judged it.
        migration: null unless the profile is migration.
        causes: worst first; a parent before the causes that fold under it.
        comparison: null without a baseline.
        forecast: null unless ``--forecast`` asked for it.
    """

    results: Listed[ResultPart]


D = TypeVar("D", bound=Overview)


def is_findings(data: bytes) -> bool:
    """Tell whether a file is a findings document, of whatever version."""
    return _SCHEMA_KEY.search(data) is not None


def read_document(data: bytes, name: str, form: type[D]) -> D:
    """Read a findings document.

    Args:
        data: the file's bytes.
        name: what to call the file in errors.
        form: ``FindingsDocument``, or ``Overview`` where the verdicts are not needed.

    Raises:
        SourceError: not JSON, not a findings document, or one of a newer major version.
    """
    try:
        # Not pydantic's own parser, which refuses lone surrogates: names in a directory hold them.
        document = json.loads(data)
    except RecursionError:
        # Python's parser recurses, and nesting without end exhausts its stack.
        raise SourceError(name, "not JSON that can be read: nested too deeply") from None
    except ValueError as error:
        raise SourceError(name, f"not JSON: {error}") from None
    found = document.get("schema") if isinstance(document, dict) else None
    if found != SCHEMA and isinstance(found, str) and found.startswith("casaudit/findings/"):
        raise SourceError(
            name,
            f"written in format {found}, this casaudit reads {SCHEMA}",
            "use the casaudit version that wrote it, or a newer one",
        )
    try:
        return form.model_validate(document)
    except ValidationError as error:
        problem = f"not a findings document: {first_mistake(error)}"
        raise SourceError(name, problem, f"needs {SCHEMA}") from None


def findings_schema() -> str:
    """Return the JSON Schema of the document, as committed under ``docs/``."""
    # As it is written, not as it is read: reading takes enums as text and passes over new keys.
    schema = FindingsDocument.model_json_schema(mode="serialization")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        # A URN: nobody is to fetch the schema from anywhere.
        "$id": "urn:casaudit:findings:1",
    }
    return json.dumps(head | schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
