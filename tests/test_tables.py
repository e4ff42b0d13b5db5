"""Tables of the shell: read whatever their delimiter and encoding, judged by what they show."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.assess import assess
from casaudit.cli.exits import ExitCode
from casaudit.collect import CollectRequest, collect
from casaudit.collect.clixml import collect_exports
from casaudit.collect.network import NetworkSettings
from casaudit.errors import SourceError
from casaudit.snapshot import Reason, SectionName, Snapshot, Status
from tests.support.running import run
from tests.test_exports import NOON, values

ARRAYS = [["Name", "Fqdn", "Site"], ["outlook", "outlook.corp.example", "corp.example/Configuration/Sites/HQ"]]
DATABASES = [
    ["Name", "Server", "Recovery", "RpcClientAccessServer"],
    ["DB1", "EX1", "False", "outlook.corp.example"],
    ["DB 2, \"old\"", "EX1", "False", "ex1.corp.example"],
    ["Größe", "EX2", "True", ""],
]


def table(rows: Iterable[Iterable[str]], delimiter: str = ",", quoted: bool = True) -> str:
    def cell(text: str) -> str:
        doubled = text.replace('"', '""')
        return f'"{doubled}"' if quoted or set(text) & {delimiter, '"'} else text

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in rows)


def seen(folder: Path, **files: str | bytes) -> Snapshot:
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / f"{name}.csv").write_bytes(data)
    return collect_exports([folder], NOON)
