"""Reading a snapshot from a stranger's bytes: strictly, within bounds, whoever wrote it."""

import gzip
import io
import json
import zlib
from typing import Any, NoReturn

from pydantic import ValidationError

from casaudit.errors import SourceError
from casaudit.garbage import collector_at_rest
from casaudit.snapshot.document import MINOR, SCHEMA, Snapshot
from casaudit.snapshot.duplicates import note_duplicates
from casaudit.snapshot.limits import within_limits
from casaudit.snapshot.versions import mark_unread, note_newer, without_unknown
from casaudit.validation import first_mistake

MAX_BYTES = 1024 * 1024 * 1024
"""Of a document without compression; one of 100,000 databases has about 450 MB."""


def loads(data: bytes, name: str) -> Snapshot:
    """Read a snapshot from JSON or gzipped JSON.

    What the version that wrote it did not know yet is unread in its records. What a newer minor
    version knows more is left out, and so is what is too long to be judged: gaps say so, and that
    records of one object contradict each other.

    Args:
        data: the file's bytes.
        name: what to call the file in errors.

    Raises:
        SourceError: not JSON, not a snapshot, or one of a newer major version.
    """
    raw = decompressed(data, name)
    with collector_at_rest():
        return note_duplicates(within_limits(_of_its_version(raw, name)))


def _of_its_version(raw: bytes, name: str) -> Snapshot:
    head = _head(raw, name)
    # 0 is kept, so that an old document is written back byte for byte.
    if (minor := head.get("minor", 0)) == 0:
        return mark_unread(_validated(raw, name)).model_copy(update={"minor": 0})
    # What is no number is left to the model, which refuses it with its place.
    if not isinstance(minor, int) or minor <= MINOR:
        return mark_unread(_validated(raw, name))
    return note_newer(mark_unread(_validated(without_unknown(raw), name)))


def decompressed(data: bytes, name: str) -> bytes:
    """Return the document in a file that may be gzipped.

    Raises:
        SourceError: damaged, or larger than ``MAX_BYTES`` without compression.
    """
    too_large = SourceError(name, f"larger than {MAX_BYTES // 2**20} MiB uncompressed")
    if not data.startswith(b"\x1f\x8b"):
        if len(data) > MAX_BYTES:
            raise too_large
        return data
    try:
        # A bomb is measured piece by piece and thrown away: it costs time, no memory. Unpacking
        # twice takes 1.5 s longer for 100,000 databases.
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as measured:
            size = 0
            while piece := measured.read(1 << 20):
                size += len(piece)
                if size > MAX_BYTES:
                    raise too_large
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(name, f"damaged gzip file ({error})") from None


def _validated(raw: bytes, name: str) -> Snapshot:
    try:
        return Snapshot.model_validate_json(raw)
    except ValidationError as error:
        raise SourceError(name, f"not a valid snapshot: {first_mistake(error)}") from None


def _head(raw: bytes, name: str) -> dict[str, Any]:
    """Return which version wrote a document.

    Refuses what pydantic's parser would take quietly: duplicate keys, NaN, a foreign document.
    """
    try:
        document = json.loads(
            raw, object_pairs_hook=_versions, parse_constant=_no_constant, parse_int=_int64
        )
    except RecursionError:
        raise SourceError(name, "nested too deeply to be a snapshot") from None
    except ValueError as error:
        raise SourceError(name, f"not valid JSON: {error}") from None
    head: dict[str, Any] = document if isinstance(document, dict) else {}
    found = head.get("schema")
    if found == SCHEMA:
        return head
    if isinstance(found, str) and found.startswith("casaudit/snapshot/"):
        raise SourceError(
            name,
            f"written in format {found}, this casaudit reads {SCHEMA}",
            "use the casaudit version that wrote it, or a newer one",
        )
    ours = isinstance(found, str) and found.startswith("casaudit/")
    hint = "it was made from a snapshot: give the snapshot.json that lies beside it" if ours else ""
    raise SourceError(name, "not a casaudit snapshot (no schema casaudit/snapshot/1)", hint)


def _versions(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Keep of an object its version only: the whole document as dicts would take gigabytes."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"duplicate key {next(k for k in keys if keys.count(k) > 1)!r}")
    return {key: found[key] for key in ("schema", "minor") if key in found}


def _int64(text: str) -> int:
    # The length first, because int() has an error of its own for long texts. SQLite holds 64 bits.
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise ValueError("a number does not fit into 64 bits")
    return int(text)


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")
