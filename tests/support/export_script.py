"""The export script taken apart, and files as it leaves them: the types that PowerShell writes.

What ``Select-Object`` gives of an object that came over remoting is a PSCustomObject whose
properties are notes; the script makes texts of what Exchange has types of its own for.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeAlias
from uuid import UUID
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from casaudit.cli.export_script import SCRIPT
from casaudit.shipped import SAMPLES
from casaudit.snapshot import Snapshot, loads

PATH = SAMPLES / SCRIPT
Value: TypeAlias = str | int | bool | bytes | datetime | UUID | Sequence[str] | None
Object: TypeAlias = Mapping[str, Value]

_HEAD = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
_NAME = "System.Management.Automation.PSCustomObject"
_LIST = '<TN RefId="{id}"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN>'


@dataclass(frozen=True)
class Question:
    """What the script asks for one kind of file.

    Attributes:
        per_server: whether every server is asked.
        may_be_empty: whether the script takes no answer for an answer.
        properties: those that it picks; none where it exports whole objects.
    """

    stem: str
    per_server: bool
    may_be_empty: bool
    ask: str
    properties: frozenset[str]


def text() -> str:
    """Return the script with the line ends of Python."""
    return PATH.read_bytes().decode("ascii").replace("\r\n", "\n")


@cache
def questions() -> Mapping[str, Question]:
    """Return the questions of the script by the name of their file."""
    script = text()
    named = dict(re.findall(r"^ +\$(\w+) = @\{n='(\w+)'", script, re.MULTILINE))
    blocks = re.findall(
        r"@\{ File='([a-z-]+)';([^{}]*?)Command='[^']+'; Ask=\{\n(.*?)\n +\} \}", script, re.DOTALL
    )
    return {
        stem: Question(
            stem, ask.lstrip().startswith("param("), "MayBeEmpty" in more, ask, _picked(ask, named)
        )
        for stem, more, ask in blocks
    }


def _picked(ask: str, named: Mapping[str, str]) -> frozenset[str]:
    made = re.findall(r"^ +(\w+)=", ask, re.MULTILINE)
    selected = ask.partition("Select-Object -Property")[2]
    plain = re.findall(r"'(\w+)'", selected)
    noted = [named[name] for name in re.findall(r"\$(\w+)", selected) if name in named]
    return frozenset((*made, *plain, *noted))


def exported(objects: Iterable[Object], selected: str = f"Selected.{_NAME}") -> bytes:
    """Return a file as ``Export-Clixml -Encoding UTF8`` writes it."""
    numbers = iter(range(1_000_000))
    inside = "".join(_object(each, selected, next(numbers), numbers) for each in objects)
    return b"\xef\xbb\xbf" + f"{_HEAD}{inside}</Objs>".encode()


def _object(each: Object, selected: str, number: int, numbers: Iterable[int]) -> str:
    types = '<TNRef RefId="0" />'
    if number == 0:
        names = "".join(f"<T>{name}</T>" for name in (selected, _NAME, "System.Object"))
        types = f'<TN RefId="0">{names}</TN>'
    notes = "".join(_element(name, value, numbers) for name, value in each.items())
    return f'<Obj RefId="{number}">{types}<MS>{notes}</MS></Obj>'


def _element(name: str, value: Value, numbers: Iterable[int]) -> str:
    match value:
        case None:
            return f'<Nil N="{name}" />'
        case bool():
            return f'<B N="{name}">{str(value).lower()}</B>'
        case int():
            return f'<I32 N="{name}">{value}</I32>'
        case bytes():
            return f'<BA N="{name}">{base64.b64encode(value).decode()}</BA>'
        case datetime():
            return f'<DT N="{name}">{value.isoformat()}</DT>'
        case UUID():
            return f'<G N="{name}">{value}</G>'
        case str():
            shown = escape(value).replace("\r", "_x000D_").replace("\n", "_x000A_")
            return f'<S N="{name}">{shown}</S>'
        case _:
            number = next(iter(numbers))
            items = "".join(f"<S>{escape(each)}</S>" for each in value)
            inside = f"{_LIST.format(id=number)}<LST>{items}</LST>"
            return f'<Obj N="{name}" RefId="{number}">{inside}</Obj>'


@cache
def sample() -> Snapshot:
    """Return the organisation that the files are about."""
    return loads((SAMPLES / "article-a" / "snapshot.json").read_bytes(), "x")


def of_organization() -> dict[str, list[Object]]:
    """Return what the organisation answers, by kind."""
    world = sample()
    sites = "exchangeserverpro.net/Configuration/Sites/"
    members = [each.name for each in world.servers if "HeadOffice" in (each.site_dn or "")]
    mailbox: dict[str, Value] = {"Database": "MB-HO-01", "RecipientTypeDetails": "UserMailbox"}
    return {
        "arrays": [
            {"Name": each.name, "Guid": UUID(each.id), "Fqdn": each.fqdn,
             "Site": f"{sites}HeadOffice", "Members": members}
            for each in world.arrays
        ],
        "servers": [
            {"Name": each.name, "Guid": UUID(each.id), "Fqdn": each.fqdn,
             "Site": sites + (each.site_dn or "")[3:].partition(",")[0],
             "AdminDisplayVersion": "Version 14.3 (Build 123.4)",
             "ServerRole": "Mailbox, ClientAccess, HubTransport"}
            for each in world.servers
        ],
        "databases": [
            {"Name": each.name, "Guid": UUID(each.id), "Recovery": each.name.startswith("RDB"),
             "IsExcludedFromProvisioning": False,
             "Mounted": True, "MountedOnServer": f"{_home(each.name)}.exchangeserverpro.net",
             "Server": _home(each.name),
             "RpcClientAccessServer": _endpoint(each.legacy_exchange_dn)}
            for each in world.databases
        ],
        "rpc": [
            {
                "Server": each.name,
                "EncryptionRequired": True,
                "MaximumConnections": 65536,
                "BlockedClientVersions": "",
            }
            for each in world.servers
        ],
        "providers": [
            {"Name": "EXCH", "CertPrincipalName": None},
            {"Name": "EXPR", "CertPrincipalName": "msstd:mail.exchangeserverpro.net"},
            {"Name": "WEB", "CertPrincipalName": None},
        ],
        "oab": [
            {"Name": "Default Offline Address Book", "Guid": UUID(int=16), "IsDefault": True,
             "Server": "HO-EX2010-MB1", "AddressLists": "\\Default Global Address List"}
        ],
        "organization": [
            {"Name": each.name, "Guid": UUID(each.id), "PublicFoldersLockedForMigration": False,
             "PublicFolderMigrationComplete": False, "PublicFoldersEnabled": None,
             "RemotePublicFolderMailboxes": None}
            for each in world.organization
        ],
        "arbitration": [
            {**mailbox, "Guid": UUID(int=32), "RecipientTypeDetails": "ArbitrationMailbox"}
        ],
        "mailboxes": [
            {**mailbox, "Guid": UUID(int=64 + n), "PrimarySmtpDomain": "exchangeserverpro.net"}
            for n in range(3)
        ],
    }  # fmt: skip


def _home(database: str) -> str:
    return "BR-EX2010-MB" if "-BR-" in database else "HO-EX2010-MB1"


def _endpoint(legacy_dn: str | None) -> str:
    server = (legacy_dn or "").split("/cn=")[-2]
    return server if "." in server else f"{server}.exchangeserverpro.net"


def of_server(name: str) -> dict[str, list[Object]]:
    """Return what a server answers, by kind."""
    schannel = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL"
    own = [each for each in sample().databases if _home(each.name) == name]
    return {
        "services": [
            {"Server": name, "Name": each, "State": "Running", "StartMode": "Auto"}
            for each in ("MSExchangeAB", "MSExchangeRPC")
        ],
        "ports": [
            {"Server": name, "RpcPort": 59531, "RpcPortKind": "DWord",
             "AddressBookPort": "59532", "AddressBookPortKind": "String",
             "SiteEnforcement": None, "SiteEnforcementKind": None}
        ],
        "schannel": [
            {"Server": name, "Key": f"{schannel}\\Protocols\\SSL 2.0\\Client", "Enabled": None,
             "DisabledByDefault": 1}
        ],
        "build": [
            {"Server": name, "FileVersion": "14.3.513.0", "FileName":
             "c:\\program files\\microsoft\\exchange server\\v14\\bin\\exsetup.exe"}
        ],
        "nlb-feature": [{"Server": name, "Name": "NLB", "Installed": False}],
        "nlb": [],
        "nlb-cluster": [],
        "certs": [_certificate(name)],
        "copies": [
            {"DatabaseName": each.name, "MailboxServer": name, "ActivationSuspended": False,
             "ActiveDatabaseCopy": name.lower(), "Status": "Mounted"}
            for each in own
        ],
        "clients": [
            {"Server": name, "ClientSoftware": "OUTLOOK.EXE", "ClientVersion": "14.0.7172.5000",
             "Connections": 3, "LastDay": "2026-11-29"}
        ],
        "asa": [
            {"Name": name, "AlternateServiceAccountConfiguration":
             "Latest: <Not set>\r\nPrevious: <Not set>"}
        ],
    }  # fmt: skip


def _certificate(server: str) -> Object:
    path = SAMPLES / "article-a" / "certificates" / "mail.exchangeserverpro.net.pem"
    found = x509.load_pem_x509_certificate(path.read_bytes())
    der = found.public_bytes(Encoding.DER)
    return {
        "Server": server,
        "Thumbprint": hashlib.sha1(der).hexdigest().upper(),
        "HasPrivateKey": True,
        "IsSelfSigned": False,
        "PrivateKeyExportable": True,
        "Subject": found.subject.rfc4514_string(),
        "Issuer": found.issuer.rfc4514_string(),
        "NotBefore": found.not_valid_before_utc,
        "NotAfter": found.not_valid_after_utc,
        "RawData": der,
        "Services": "IMAP, POP, IIS, SMTP",
        "Status": "Valid",
        "RootCAType": "ThirdParty",
        "CertificateDomains": ["mail.exchangeserverpro.net", "autodiscover.exchangeserverpro.net"],
    }


def failure(
    stem: str,
    server: str | None,
    kind: str,
    code: str | None = None,
    category: str = "NotSpecified",
) -> Object:
    """Return what the script notes of a command that failed."""
    return {
        "FailedExport": stem,
        "Server": server,
        "Command": "a command",
        "Category": category,
        "ErrorType": kind,
        "ErrorCode": code,
        "Message": "what the shell said, perhaps of Zoe",
        "Time": datetime.fromisoformat("2026-11-30T12:00:00+00:00"),
    }


def write_evidence(folder: Path, failed: Iterable[Object] = ()) -> Path:
    """Write what a run of the script leaves, without the files that failed."""
    notes = list(failed)
    lost = {(note["FailedExport"], note["Server"]) for note in notes}
    folder.mkdir()
    answers: dict[tuple[str, str | None], list[Object]] = {
        (stem, None): found for stem, found in of_organization().items()
    }
    for server in sample().servers:
        answers |= {(stem, server.name): found for stem, found in of_server(server.name).items()}
    for (stem, name), found in answers.items():
        if (stem, name) not in lost:
            file = f"{stem}-{name}.xml" if name else f"{stem}.xml"
            (folder / file).write_bytes(exported(found))
    (folder / "failures.xml").write_bytes(exported(notes, _NAME))
    return folder
