"""Settings of SCHANNEL, the TLS library of Windows, from the registry of single servers."""

import re
from collections.abc import Iterator

from casaudit.collect.clixml.export_kind import Found, Kind
from casaudit.collect.clixml.properties import PropertyReader, text_of
from casaudit.collect.clixml.values import Exported, Value
from casaudit.snapshot import Reason, SchannelProtocol, SectionName

_KEY = re.compile(r"\\SCHANNEL\\Protocols(?:\\|$)", re.IGNORECASE)
# Such as HKLM\SYSTEM\...\SecurityProviders\SCHANNEL\Protocols\TLS 1.0\Server.
_SIDE = re.compile(r"\\([^\\]+)\\(Client|Server)$", re.IGNORECASE)
# Key by the documented command; the others by Get-ChildItem alone.
_PATHS = ("Key", "PSPath", "Name")


def _path(item: Exported) -> str:
    found = (text_of(item.properties.get(name.lower())) for name in _PATHS)
    return next((each for each in found if isinstance(each, str) and _KEY.search(each)), "")


def _read(reading: PropertyReader) -> Iterator[Found]:
    found = _SIDE.search(_path(reading.item))
    if found is None:
        return  # a key above those that hold settings
    yield SchannelProtocol(
        server=reading.server(),
        protocol=found[1],
        side=found[2].lower(),
        enabled=_value(reading, "Enabled", "enabled"),
        disabled_by_default=_value(reading, "DisabledByDefault", "disabled_by_default"),
        **reading.common(),
    )


def _value(reading: PropertyReader, name: str, field: str) -> int | None:
    """Return a setting; one that the key does not have is absent, not unread."""
    if reading.has(name):
        number = reading.integer(name, field)
        # Enabled is often written as 0xFFFFFFFF, which PowerShell exports as -1.
        return None if number is None else number & 0xFFFFFFFF
    if name.lower() in _listed(reading.item.properties.get("property")):
        detail = f"{name}: Get-ChildItem exports the names of values, not the values"
        reading.miss(field, Reason.DENIED_OR_ABSENT, detail)
    return None


def _listed(value: Value) -> set[str]:
    """Return the names of values that an exported registry key lists."""
    inner = value.content if isinstance(value, Exported) else value
    names = inner if isinstance(inner, list) else []
    return {each.lower() for each in names if isinstance(each, str)}


KINDS = (
    Kind(
        "schannel",
        (SectionName.SCHANNEL,),
        lambda item: bool(_path(item)),
        _read,
        owner=("Server",),
        made_there=True,
        may_be_empty=True,
    ),
)
