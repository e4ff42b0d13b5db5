"""A snapshot of the organisation: the real walk, with the organisation behind its ports."""

import asyncio
from typing import Any

from casaudit.collect.exchange import collect_directory
from casaudit.collect.network import NetworkSettings, ask_network
from casaudit.collect.ports import Directory
from casaudit.snapshot import Controller, DnsView, Section, SectionName, Snapshot, Status
from tests.forest.organisation import COLLECTED_AT, Forest
from tests.forest.ports import ORIGIN, ForestDirectory, ForestProber, ForestResolver, ForestWeb


def snapshot(forest: Forest, directory: Directory | None = None) -> Snapshot:
    """Return what a collection sees: of a controller, or of another source of the same entries."""
    seen = collect_directory(directory or ForestDirectory(forest), "directory", COLLECTED_AT)
    settings = NetworkSettings(resolvers=tuple(zip(DnsView, forest.resolvers, strict=True)))
    ports = ForestResolver(forest), ForestProber(forest), ForestWeb(forest)
    found = asyncio.run(ask_network(seen, settings, *ports, lambda *_: None))
    sections = {name: Section(name=name, status=Status.NOT_COLLECTED) for name in SectionName}
    sections |= {each.name: each for each in (*seen.sections, *found.sections)}
    parts: dict[str, Any] = dict(seen) | {
        "schema": seen.schema_,
        "controllers": (Controller(origin=ORIGIN, bind="file", protection="file"),),
        "dns_answers": found.dns_answers,
        "tls_endpoints": found.tls_endpoints,
        "certificates": found.certificates,
        "sections": tuple(sections.values()),
        "gaps": (*seen.gaps, *found.gaps),
    }
    del parts["schema_"]
    return Snapshot(**parts)
