"""What the cmdlets of a remediation plan write into the directory, written there by LDAP.

Exchange's own shell cannot run in the lab. A cmdlet that sets a value of the configuration ends in
one change of one object, so an administrator makes that change here. Names are looked up in the
directory and not in the product's evidence: this is the other side of what the product foretells.
"""

import uuid
from collections.abc import Mapping
from pathlib import Path

from casaudit.findings import Value
from tests.lab import client
from tests.lab.accounts import ADMINISTRATOR
from tests.lab.claim import LabError
from tests.lab.directory import Directory
from tests.lab.ldif import Entry, record, replacements

_URLS = {
    "internal-url": "msExchInternalHostName",
    "external-url": "msExchExternalHostName",
    "bypass-url": "msExchInternalNLBBypassHostName",
}
_METHODS = {
    "anywhere-client-method": "msExchExternalAuthenticationMethods",
    "anywhere-iis-methods": "msExchInternalAuthenticationMethods",
}
_BITS = {"Basic": 1, "NTLM": 2}
_ADDRESS = "ncacn_ip_tcp:"
_STORE = "/cn=Microsoft Private MDB"
_ARRAY_CLASSES = (b"top", b"server", b"msExchExchangeServer", b"msExchClientAccessArray")


class Cmdlets:
    """The ``Set-`` and ``New-`` cmdlets of a plan, run against one controller."""

    def __init__(self, directory: Directory, ca_file: Path) -> None:
        """Bind as the administrator of the directory's domain, at each change anew."""
        self._url, self._ca_file = f"ldaps://{directory.address}", ca_file
        self._account = ADMINISTRATOR.of(directory.where)
        self._base = directory.where.configuration

    def set(self, setting: str, identity: str, value: Value) -> None:
        """Give a setting of the rule book a value; ``None`` takes the present one away.

        Args:
            setting: its name under ``settings`` in ``rules/shared.yaml``.
            identity: the objectGUID of the object that a plan names.
            value: as a plan states it.

        Raises:
            LabError: no cmdlet of the lab, or the directory refused.
        """
        if setting == "site-array":
            self._new_array(identity, str(value))
            return
        dn, attributes = self._written(setting, self._object(identity), value)
        lists = {name: [] if each is None else [each] for name, each in attributes.items()}
        self.change(replacements([Entry(dn, lists)]))

    def remove_array(self, name: str) -> None:
        """Remove the array of a DNS name, as ``rollback.ps1 -RemoveCreated`` does."""
        dn = self._named(name).dn
        self.change(record(dn, [("changetype", b"delete")]))

    def _written(
        self, setting: str, target: Entry, value: Value
    ) -> tuple[str, Mapping[str, bytes | None]]:
        """Return the object that a cmdlet changes, and the attributes that it replaces."""
        text = None if value is None else str(value).encode()
        _, _, rest = setting.partition("-")
        if rest in _URLS:
            return target.dn, {_URLS[rest]: text}
        if setting in _METHODS:
            names = value if isinstance(value, list) else [str(value)]
            return target.dn, {_METHODS[setting]: str(sum(_BITS[name] for name in names)).encode()}
        match setting:
            case "database-endpoint":
                (legacy,) = self._named(str(value)).get("legacyExchangeDN")
                return target.dn, {"legacyExchangeDN": legacy + _STORE.encode()}
            case "array-fqdn":
                return target.dn, {"networkAddress": f"{_ADDRESS}{value}".encode()}
            case "anywhere-host":
                return target.dn, {"msExchExternalHostName": f"https://{value}/rpc".encode()}
            case "autodiscover-uri":
                dn = self._below(target, "serviceConnectionPoint").dn
                return dn, {"serviceBindingInformation": text}
            case "rpc-encryption":
                dn = self._below(target, "msExchProtocolCfgExchangeRpcService").dn
                return dn, {"msExchEncryptionRequired": b"TRUE" if value else b"FALSE"}
        raise LabError(f"the lab has no cmdlet for {setting}")

    def _new_array(self, site: str, fqdn: str) -> None:
        label = fqdn.partition(".")[0]
        container = self._one("(&(cn=Arrays)(objectClass=msExchContainer))")
        group = self._one("(objectClass=msExchAdminGroup)", "legacyExchangeDN")
        (legacy,) = group.get("legacyExchangeDN")
        pairs = [
            ("changetype", b"add"),
            *(("objectClass", each) for each in _ARRAY_CLASSES),
            ("networkAddress", f"{_ADDRESS}{fqdn}".encode()),
            ("msExchServerSite", self._object(site).dn.encode()),
            ("legacyExchangeDN", legacy + f"/cn=Configuration/cn=Servers/cn={fqdn}".encode()),
        ]
        self.change(record(f"CN={label},{container.dn}", pairs))

    def _object(self, identity: str) -> Entry:
        escaped = "".join(f"\\{byte:02x}" for byte in uuid.UUID(identity).bytes_le)
        return self._one(f"(objectGUID={escaped})", "1.1")

    def _named(self, name: str) -> Entry:
        """Return the server or array of a DNS name."""
        return self._one(f"(networkAddress={_ADDRESS}{name})", "legacyExchangeDN")

    def _below(self, server: Entry, class_name: str) -> Entry:
        return self._one(f"(objectClass={class_name})", "1.1", base=f"CN=Protocols,{server.dn}")

    def _one(self, filter_: str, *attributes: str, base: str = "") -> Entry:
        found = client.search(
            self._url, self._account, self._ca_file, base or self._base, filter_, *attributes
        )
        if len(found.entries) != 1:
            raise LabError(f"{len(found.entries)} objects for {filter_}: {found.text}")
        return found.entries[0]

    def change(self, ldif: str) -> None:
        """Carry out one change of the directory.

        Raises:
            LabError: the directory refused it.
        """
        done = client.change(self._url, self._account, self._ca_file, ldif)
        if done.code:
            raise LabError(f"the directory refused a change: {done.text}")
