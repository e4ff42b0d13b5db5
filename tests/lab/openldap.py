"""An LDAP server that is no domain controller: OpenLDAP with an empty suffix and one account."""

from pathlib import Path
from types import TracebackType
from typing import Self

from tests.lab.child import Child
from tests.lab.claim import RUN
from tests.lab.pki import Identity

SUFFIX = "dc=corp,dc=example"
ADMIN = f"cn=admin,{SUFFIX}"
PASSWORD = "Other-Pass-1!"
_PORT = 636


class OpenLdap:
    """One server for LDAPS; it runs while it is entered."""

    def __init__(self, address: str, identity: Identity) -> None:
        """Describe a server with a certificate."""
        self._folder = RUN / f"openldap-{address}"
        self._identity = identity
        command = ["slapd", "-d", "0", "-h", f"ldaps://{address}", "-f", str(self._settings)]
        self._child = Child(f"slapd-{address}", command, [(address, _PORT)])

    def __enter__(self) -> Self:
        data = self._folder / "data"
        data.mkdir(parents=True)
        self._settings.write_text(
            "include /etc/ldap/schema/core.schema\n"
            f"pidfile {self._folder / 'pid'}\n"
            f"TLSCertificateFile {self._identity.certificate_file}\n"
            f"TLSCertificateKeyFile {self._identity.key_file}\n"
            # Built in, unlike the usual mdb, which Debian ships as a module.
            f"database ldif\nsuffix {SUFFIX}\ndirectory {data}\n"
            f"rootdn {ADMIN}\nrootpw {PASSWORD}\n"
        )
        self._child.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.stop()

    @property
    def _settings(self) -> Path:
        return self._folder / "slapd.conf"
