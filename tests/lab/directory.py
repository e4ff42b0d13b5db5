"""A real domain controller: Samba with the Exchange schema and an organisation loaded."""

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.lab import accounts, computers, loading, partitions, schema, state
from tests.lab.child import Child
from tests.lab.claim import RUN
from tests.lab.database import Database, run
from tests.lab.ldif import read, replacements
from tests.lab.pki import Identity

LDAP_PORT = 389
LDAPS_PORT = 636
_WORKGROUP = "LAB"
_PROVISION = [
    "samba-tool",
    "domain",
    "provision",
    f"--domain={_WORKGROUP}",
    "--host-name=dc1",
    "--server-role=dc",
    "--dns-backend=NONE",
    f"--adminpass={accounts.ADMINISTRATOR.password}",
    "--option=dsdb:schema update allowed=true",
]


class Directory:
    """One domain controller on an address of its own."""

    def __init__(
        self,
        address: str,
        exports: Sequence[bytes],
        identity: Identity,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Describe a controller that holds LDIF exports, with settings in place of its own."""
        self.address = address
        self._exports = exports
        self._entries = [read(export) for export in exports]
        self.where = partitions.of(self._entries[0])
        self._identity = identity
        self._settings = settings or {}
        self._folder = RUN / f"directory-{address}"
        self._child = Child(
            f"samba-{address}",
            ["samba", f"--configfile={self._configuration}", "-i", "-M", "single"],
            [(address, LDAP_PORT), (address, LDAPS_PORT)],
        )

    @property
    def database(self) -> Database:
        """The controller's files; change them only while it is stopped."""
        return Database(self._configuration, self._folder / "state" / "private" / "sam.ldb")

    def __enter__(self) -> Self:
        self._prepare()
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the controller, also after it was stopped or killed."""
        self._child.start()

    def stop(self) -> None:
        """Shut the controller down."""
        self._child.stop()

    def kill(self) -> None:
        """End the controller as a power failure would, at once."""
        self._child.kill()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Hold the controller for a while: connections stay open and nothing answers."""
        self._child.freeze()
        try:
            yield
        finally:
            self._child.thaw()

    @property
    def _realm(self) -> str:
        return self.where.dns_name.upper()

    @property
    def _configuration(self) -> Path:
        return self._folder / "smb.conf"

    def _prepare(self) -> None:
        self._folder.mkdir()
        kept = state.path(self._exports)
        if kept.exists():
            state.restore(kept, self._folder)
            self._configure()
        else:
            self._provision()
            self._fill()
            state.keep(self._folder / "state", kept)

    def _provision(self) -> None:
        target = self._folder / "state"
        target.mkdir()
        places = [f"--realm={self._realm}", f"--targetdir={target}", f"--host-ip={self.address}"]
        run([*_PROVISION, *places, f"--option=posix:eadb={target / 'eadb.tdb'}"])
        self._configure()

    def _fill(self) -> None:
        database, exchange = self.database, schema.load()
        for step in exchange.steps(self.where):
            database.add(step)
        database.modify(replacements(exchange.extensions(self.where)))
        accounts.create(database, self.where)
        computers.create(database, self.where)
        for entries in self._entries:
            loading.load(database, exchange, self.where, entries)
        accounts.restrict(database, self.where)

    def _configure(self) -> None:
        here = self._folder / "state"
        settings = {
            "netbios name": "DC1",
            "realm": self._realm,
            "workgroup": _WORKGROUP,
            "server role": "active directory domain controller",
            "server services": "ldap, cldap, kdc",
            "interfaces": f"{self.address}/8",
            "bind interfaces only": "yes",
            # As Windows with signing required: TLS serves instead, also for Kerberos and NTLM.
            "ldap server require strong auth": "allow_sasl_over_tls",
            "tls enabled": "yes",
            "tls certfile": self._identity.certificate_file,
            "tls keyfile": self._identity.key_file,
            "tls cafile": "",
            "dsdb:schema update allowed": "true",
            "posix:eadb": here / "eadb.tdb",
            "private dir": here / "private",
            "state directory": here / "state",
            "cache directory": here,
            "lock directory": here,
            "binddns dir": here / "bind-dns",
            "pid directory": here,
            "ncalrpc dir": here / "ncalrpc",
            "log file": here / "log",
            **self._settings,
        }
        lines = (f"{name} = {value}\n" for name, value in settings.items())
        self._configuration.write_text("[global]\n" + "".join(lines))
