"""The controller's database files, changed in place while the controller is not running."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.lab.claim import LabError
from tests.lab.ldif import Entry, read


@dataclass(frozen=True, slots=True)
class Database:
    """One provisioned controller, reached through Samba's own tools."""

    configuration: Path
    file: Path

    def add(self, ldif: str) -> None:
        """Add objects, object identifiers included."""
        self._feed("ldbadd", ldif)

    def modify(self, ldif: str, *controls: str) -> None:
        """Change objects, with controls that let Samba take what it refuses by itself."""
        self._feed("ldbmodify", ldif, *(f"--controls={each}" for each in controls))

    def rename(self, old: str, new: str) -> None:
        """Move an object with all below it."""
        self._run("ldbrename", "--relax", old, new)

    def delete(self, dn: str) -> None:
        """Delete an object with all below it."""
        self._run("ldbdel", "--relax", "--recursive", dn)

    def search(self, base: str, filter_: str, *attributes: str) -> list[Entry]:
        """Return the objects below a base that match."""
        options = ["--controls=domain_scope:1", f"--basedn={base}"]
        return read(self._run("ldbsearch", *options, filter_, *attributes).encode())

    def add_rights(self, dn: str, sddl: str) -> None:
        """Add access control entries in front of an object's own; what is below inherits them."""
        options = [f"--objectdn={dn}", f"--sddl={sddl}", f"--URL={self.file}"]
        run(["samba-tool", "dsacl", "set", f"--configfile={self.configuration}", *options])

    def _feed(self, tool: str, ldif: str, *options: str) -> None:
        file = self.file.with_name("feed.ldif")
        file.write_text(ldif, encoding="utf-8")
        self._run(tool, "--relax", *options, str(file))
        file.unlink()

    def _run(self, tool: str, *arguments: str) -> str:
        options = [f"--configfile={self.configuration}", f"--url={self.file}"]
        return run([tool, *options, *arguments])


def run(command: list[str]) -> str:
    """Run one of Samba's tools; what it says about a failure becomes the error.

    The ldb tools report some failures on stderr only and still exit with 0.
    """
    environment = {**os.environ, "TDB_NO_FSYNC": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode or "ERR:" in done.stderr:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise LabError(f"{Path(command[0]).name} failed: {said}")
    return done.stdout
