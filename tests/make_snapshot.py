"""Keep a snapshot as this version writes it: ``python -m tests.make_snapshot``.

To be run once a minor version. It is the sample of article A with at least one record of every
kind. Later versions are tested to read it, and to take for unread what it does not know. Never
make an older one again: it is evidence of what that version wrote.
"""

import enum
import gzip
from pathlib import Path
from typing import Any, get_args

from casaudit.snapshot import MINOR, Record, Snapshot, Source, dumps, loads

FOLDER = Path(__file__).parent / "snapshots"
SAMPLE = Path(__file__).parent.parent / "samples" / "article-a" / "snapshot.json"


def with_every_kind(sample: Snapshot) -> Snapshot:
    """Return a snapshot with a record of each kind, mailboxes and accounts seen in full."""
    source = sample.databases[0].source
    parts: dict[str, Any] = {name: getattr(sample, name) for name in type(sample).model_fields}
    for name, info in type(sample).model_fields.items():
        kind = next(iter(get_args(info.annotation)), None)
        if isinstance(kind, type) and issubclass(kind, Record) and not parts[name]:
            parts[name] = (_made(kind, source),)
    counts, accounts = type(parts["mailbox_counts"][0]), type(parts["principals"][0])
    parts["mailbox_counts"] = tuple(
        counts(database=each.name, count=3, source=source) for each in sample.databases
    )
    parts["principals"] = tuple(
        _made(accounts, source).model_copy(
            update={
                "id": f"account of {each.name}",
                "name": each.name,
                "dns_host_name": each.fqdn,
                "service_principal_names": (f"HOST/{each.fqdn}",),
                "disabled": False,
                **({"account_name": f"{each.name}$"} if _knows(accounts, "account_name") else {}),
            }
        )
        for each in sample.servers
    )
    seen = {"mailboxes", "principals"}
    parts["sections"] = tuple(
        each.model_copy(update={"status": type(each.status)("complete")})
        if each.name.value in seen
        else each
        for each in sample.sections
    )
    parts["gaps"] = ()
    return type(sample)(schema=parts.pop("schema_"), **parts)


def _knows(kind: type[Record], field: str) -> bool:
    return field in kind.model_fields


def _made(kind: type[Record], source: Source) -> Record:
    """Return a record with no more than it must have."""
    plain: dict[Any, Any] = {str: "x", int: 1, bool: True, Source: source}
    required = {name: each for name, each in kind.model_fields.items() if each.is_required()}
    return kind(**{name: _value(each.annotation, plain) for name, each in required.items()})


def _value(annotation: Any, plain: dict[Any, Any]) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return next(iter(annotation))
    return plain.get(annotation) or get_args(annotation)[0]


def main() -> None:
    """Write the snapshot of the present minor version."""
    found = with_every_kind(loads(SAMPLE.read_bytes(), SAMPLE.name))
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"minor-{MINOR}.json.gz"
    path.write_bytes(gzip.compress(dumps(found), mtime=0))


if __name__ == "__main__":
    main()
