"""What was read on single servers: builds, services, RPC settings and service accounts."""

import re
from collections.abc import Iterator

from casaudit.collect.clixml.export_kind import Found, Kind, having
from casaudit.collect.clixml.properties import OddObject, PropertyReader, text_of
from casaudit.collect.clixml.values import Exported, Value
from casaudit.snapshot import (
    AlternateServiceAccount,
    ClientVersion,
    RpcClientAccess,
    SectionName,
    ServerBuild,
    ServiceState,
    StaticPorts,
)

_BUILD = re.compile(r"([0-9]{1,5})\.([0-9]{1,5})\.([0-9]{1,5})\.([0-9]{1,5})")
# Ours first, then what Win32_Service and every object of WMI say of their machine.
_MACHINE = ("Server", "SystemName", "__SERVER")
# DOMAIN\account at the end of a line; all before it depends on the language of the shell.
_ACCOUNT = re.compile(r"(?:^|[\s,])([^\s\\,:<>]+\\[^\\,:<>]+)$")
# The pattern may begin anywhere in a line, so its length bounds the time of the search.
MAX_LINE = 300


def _is_build(item: Exported) -> bool:
    """Tell the version of ExSetup.exe; one without the name of a file was selected for it."""
    # Rollups of Exchange 2010 raise the file version of ExSetup.exe, not the version of the server
    # object in the directory.
    file = text_of(item.properties.get("filename"))
    named = not isinstance(file, str) or file.lower().endswith("exsetup.exe")
    return "fileversion" in item.properties and named


def _read_build(reading: PropertyReader) -> Iterator[Found]:
    version = reading.key("FileVersion")
    found = _BUILD.match(version)
    if found is None:
        raise OddObject("has a FileVersion that is not a version")
    build = ".".join(str(int(part)) for part in found.groups())
    server = reading.server()
    yield ServerBuild(server=server, file_version=version, build=build, **reading.common())


def _read_service(reading: PropertyReader) -> Iterator[Found]:
    name = reading.key("Name")
    # Win32_Service without a filter lists every service of the machine.
    if name.lower().startswith("msexchange"):
        yield ServiceState(
            server=reading.server(),
            name=name,
            state=reading.text("State", "state"),
            start_mode=reading.text("StartMode", "start_mode"),
            **reading.common(),
        )


def _read_ports(reading: PropertyReader) -> Iterator[Found]:
    yield StaticPorts(
        server=reading.server(),
        rpc_port=_dword(reading, "RpcPort", "rpc_port"),
        rpc_kind=reading.text("RpcPortKind", "rpc_kind"),
        address_book_port=_dword(reading, "AddressBookPort", "address_book_port"),
        address_book_kind=reading.text("AddressBookPortKind", "address_book_kind"),
        site_enforcement=_dword(reading, "SiteEnforcement", "site_enforcement"),
        site_enforcement_kind=reading.text("SiteEnforcementKind", "site_enforcement_kind"),
        **reading.common(),
    )


def _dword(reading: PropertyReader, name: str, field: str) -> int | None:
    """Return a registry value as a number: a DWORD above 2**31 is exported as negative."""
    found = reading.integer(name, field)
    # PowerShell reads a DWORD of the registry into a signed Int32.
    return found & 0xFFFFFFFF if found is not None and -(2**31) <= found < 0 else found


def _read_rpc(reading: PropertyReader) -> Iterator[Found]:
    server = reading.object_name("Server", "server")
    if server is None:
        raise OddObject("has no Server")
    encryption = reading.boolean("EncryptionRequired", "encryption_required")
    yield RpcClientAccess(
        server=server,
        encryption_required=encryption,
        maximum_connections=reading.integer("MaximumConnections", "maximum_connections"),
        blocked_client_versions=reading.text("BlockedClientVersions", "blocked_client_versions"),
        **reading.common(),
    )


def _read_client(reading: PropertyReader) -> Iterator[Found]:
    yield ClientVersion(
        server=reading.server(),
        software=reading.key("ClientSoftware"),
        version=reading.key("ClientVersion"),
        connections=reading.integer("Connections", "connections"),
        last_day=reading.text("LastDay", "last_day"),
        **reading.common(),
    )


def _read_account(reading: PropertyReader) -> Iterator[Found]:
    accounts = _accounts(reading.item.properties.get("alternateserviceaccountconfiguration"))
    if accounts is None:
        raise OddObject("was exported without -IncludeAlternateServiceAccountCredentialStatus")
    yield AlternateServiceAccount(server=reading.key("Name"), accounts=accounts, **reading.common())


def _accounts(value: Value) -> tuple[str, ...] | None:
    """Return the accounts of a configuration, latest first; ``None`` when it was not asked for."""
    credentials: Value = None
    if isinstance(value, Exported):
        credentials = value.properties.get("effectivecredentials")
    items = credentials.content if isinstance(credentials, Exported) else credentials
    if isinstance(items, list):
        lines = [_qualified(each) for each in items]
    else:
        # In the language of the shell: a line for the latest credential, one for the previous.
        lines = _lines(value)
        if len(lines) < 2 and not any("\\" in line for line in lines):
            return None
    found = (_ACCOUNT.search(line[-MAX_LINE:]) for line in lines)
    return tuple(dict.fromkeys(each[1].strip() for each in found if each))


def _qualified(credential: Value) -> str:
    """Return what a credential says of its account."""
    if isinstance(credential, Exported) and "qualifiedusername" in credential.properties:
        return "".join(_lines(credential.properties["qualifiedusername"]))
    return "".join(_lines(credential)[:1])


def _lines(value: Value) -> list[str]:
    found = text_of(value)
    return found.splitlines() if isinstance(found, str) else []


KINDS = (
    Kind(
        "build",
        (SectionName.SERVER_BUILDS,),
        _is_build,
        _read_build,
        owner=_MACHINE,
        made_there=True,
    ),
    Kind(
        "services",
        (SectionName.SERVICE_STATES,),
        having("Name", "State", "StartMode"),
        _read_service,
        owner=_MACHINE,
        made_there=True,
    ),
    Kind(
        "ports",
        (SectionName.RPC_PORTS,),
        having("RpcPort", "AddressBookPort"),
        _read_ports,
        owner=_MACHINE,
        made_there=True,
    ),
    Kind(
        "rpc",
        (SectionName.RPC_CLIENT_ACCESS,),
        having("Server", "EncryptionRequired"),
        _read_rpc,
        types=("ExchangeRpcClientAccess",),
    ),
    Kind(
        # Empty where no client connected.
        "clients",
        (SectionName.CLIENT_VERSIONS,),
        having("ClientSoftware", "ClientVersion", "Connections"),
        _read_client,
        owner=_MACHINE,
        made_there=True,
        may_be_empty=True,
    ),
    Kind(
        "asa",
        (SectionName.ALTERNATE_SERVICE_ACCOUNTS,),
        having("Name", "AlternateServiceAccountConfiguration"),
        _read_account,
        types=("ClientAccessServer",),
    ),
)
