"""What a webhook gets: the news as JSON, and the signature by which its receiver knows us."""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from casaudit.errors import UsageError
from casaudit.findings.changes import ChangeCause, ChangeKind
from casaudit.findings.document import JudgementPart, SectionPart
from casaudit.findings.document_changes import TurnPart
from casaudit.findings.document_parts import (
    Count,
    Day,
    DocumentPart,
    FromText,
    Listed,
    Moment,
    Profile,
    SeverityText,
    Sha256,
    SubjectPart,
    Target,
)
from casaudit.notify.news import News

SCHEMA: Literal["casaudit/notification/1"] = "casaudit/notification/1"
MOST = 1000
"""Failures that a request names; an organisation may have a hundred thousand."""


class NewsPart(DocumentPart):
    """One failure that there is something to tell of.

    Attributes:
        kind: ``still open`` only where there was no earlier run to compare with.
        severity: as it is; as it was for what is fixed or not seen any more.
        cause: why it changed; null where that is not known.
        detail: what differs; empty where nothing is known of it.
    """

    kind: Annotated[ChangeKind, FromText]
    rule_id: str
    title: str
    severity: SeverityText
    subject: SubjectPart
    fingerprint: str
    cause: Annotated[ChangeCause | None, FromText]
    detail: str


class EndingPart(DocumentPart):
    """A waiver that ends before the next monthly message.

    Attributes:
        until: last day on which it holds, UTC.
    """

    rule_id: str
    object: str
    until: Day


class NotificationDocument(DocumentPart):
    """What is new in a judgement.

    Attributes:
        since: reference time of the earlier judgement; null without one.
        is_quiet: whether nothing is new; such a request is sent with ``--always`` only.
        open: failures of the organisation that are not waived, by severity.
        still_open: how many failures were there before, unchanged.
        items: new ones first, the worst of them first; at most 1,000.
        omitted: how many more items there are.
        collection: the same about the evidence itself; at most 1,000.
        turns: what turns red by itself within 31 days.
        ending: waivers that end within 31 days.
        unseen: kinds of evidence that were asked for and not seen in full.
        broken: ids of rules that could not be run.
        link: where the report lies; null where nobody said.
    """

    schema_: Literal["casaudit/notification/1"] = Field(alias="schema")
    organization: str
    collected_at: Moment
    as_of: Moment
    since: Moment | None
    profile: Profile
    target: Target | None
    snapshot_sha256: Sha256
    rules_sha256: Sha256
    tool_version: str
    judgement: JudgementPart
    is_quiet: bool
    open: dict[SeverityText, Count]
    still_open: Count
    items: Listed[NewsPart]
    omitted: Count
    collection: Listed[NewsPart]
    turns: Listed[TurnPart]
    ending: Listed[EndingPart]
    unseen: Listed[SectionPart]
    broken: Listed[str]
    link: str | None


def notification(news: News, link: str = "") -> bytes:
    """Return the body of a request."""
    found = news.document
    same = (
        *("organization", "collected_at", "as_of", "profile", "target", "snapshot_sha256"),
        *("rules_sha256", "tool_version", "judgement"),
    )
    document = NotificationDocument.model_validate(
        {
            "schema": SCHEMA,
            **{name: getattr(found, name) for name in same},
            "since": news.since,
            "is_quiet": news.is_quiet,
            "open": dict(news.open),
            "still_open": news.still_open,
            "items": news.items[:MOST],
            "omitted": max(0, len(news.items) - MOST),
            "collection": news.collection[:MOST],
            "turns": news.turns,
            "ending": news.ending,
            "unseen": news.unseen,
            "broken": [rule.id for rule in news.broken],
            "link": link or None,
        }
    )
    # ASCII, with escapes: the same bytes can be looked at on a terminal.
    return json.dumps(document.model_dump(mode="json", by_alias=True), sort_keys=True).encode()


def signature_headers(body: bytes, secret: str, identity: str, now: datetime) -> dict[str, str]:
    """Return the headers of a signed request, as "Standard Webhooks" has them (v1, HMAC-SHA256).

    Args:
        body: what is signed, byte for byte.
        secret: ``whsec_`` and a key in base64, or any text, whose bytes are the key then.
        identity: of the message; the same where it is sent once more.
        now: receivers refuse what is older than some minutes, so that nobody can send it again.

    Raises:
        UsageError: what follows ``whsec_`` is no base64.
    """
    moment = str(int(now.timestamp()))
    signed = f"{identity}.{moment}.".encode() + body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": identity,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode('ascii')}",
    }


def _key(secret: str) -> bytes:
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        # Without the text, which is a secret.
        raise UsageError("the secret of the webhook", "has no base64 behind whsec_") from None


def notification_schema() -> str:
    """Return the JSON Schema of the request, as committed under ``docs/``."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:casaudit:notification:1",
    }
    schema = NotificationDocument.model_json_schema(mode="serialization")
    return json.dumps(head | schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
