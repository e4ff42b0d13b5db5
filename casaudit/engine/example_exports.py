"""Adding what exports say to the organisation of an example: part of ``engine.example_world``."""

from typing import Any

from casaudit.errors import nearest

Document = dict[str, Any]
Patch = dict[str, Any]


class PatchError(Exception):
    """An example names something that the healthy organisation does not have."""


def source_of(world: Document, origin: str) -> Document:
    """Return where the evidence of an example comes from."""
    at = world["collected_at"]
    return {"origin": origin, "at": at, "when_changed": None, "usn_changed": None}


def set_sections(world: Document, wanted: Patch) -> None:
    """Set how much of each section was seen."""
    for section in world["sections"]:
        section["status"] = wanted.get(section["name"], section["status"])


def export_mailboxes(world: Document, wanted: Patch) -> None:
    """Export the mailboxes of databases; one that is not named holds none."""
    world["mailbox_counts"] = [
        {"database": name, "count": count, "source": source_of(world, "file:mailboxes.xml")}
        for name, count in wanted.items()
    ]
    set_sections(world, {"mailboxes": "complete"})


def export_builds(world: Document, wanted: Patch) -> None:
    """Export file versions of ExSetup.exe by server."""
    records = [{"server": n, "file_version": b, "build": b} for n, b in wanted.items()]
    set_records(world, {"server_builds": records})


def set_records(world: Document, wanted: Patch) -> None:
    """Set all records of a kind, seen in full: what is not listed does not exist."""
    for kind, records in wanted.items():
        common = {"source": source_of(world, f"file:{kind}.xml")}
        world[kind] = [common | record for record in records]
        # The one kind of record that is not called like its section.
        set_sections(world, {"http" if kind == "http_banners" else kind: "complete"})


def export_files(world: Document, wanted: Patch) -> None:
    """Add files about a server: what they hold, and that they hold nothing else."""
    for server, kinds in wanted.items():
        # Parts first: a whole file of the same kind has the last word on its section.
        for kind, records in kinds.get("part", {}).items():
            _export(world, server, kind, records, whole=False)
        for kind, records in kinds.items():
            if kind != "part":
                _export(world, server, kind, records, whole=True)


def _export(
    world: Document, server: str, kind: str, records: list[Document], *, whole: bool
) -> None:
    if kind not in world:
        raise PatchError(f"there is no collection {kind!r}{nearest(kind, world)}")
    file = f"{kind}-{server}.xml"
    common = {"server": server, "source": source_of(world, f"file:{file}")}
    # Each node of an NLB cluster tells its own view of all nodes; who was asked belongs to it.
    about = {"seen_from": server} if kind == "nlb_nodes" else {}
    world[kind] += [common | about | record for record in records]
    counted = {"section": kind, "objects": len(records), "whole": whole}
    world["exports"].append(common | counted | {"file": file})
    set_sections(world, {kind: "complete" if whole else "partial"})
