"""OpenLDAP's own programs as the client of the lab's self tests."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab.accounts import Account
from tests.lab.ldif import Entry, read


@dataclass(frozen=True, slots=True)
class Answer:
    """What the directory said: the result code of the operation, the text, the entries."""

    code: int
    text: str
    entries: Sequence[Entry]

    @property
    def names(self) -> list[str]:
        """The first part of each entry's name, without ``CN=``."""
        return [entry.dn.partition(",")[0].removeprefix("CN=") for entry in self.entries]


def search(url: str, account: Account, ca_file: Path, base: str, *more: str) -> Answer:
    """Search with a simple bind; an ``ldap`` URL uses StartTLS only when ``-ZZ`` is given."""
    options = ["-LLL", "-o", "ldif-wrap=no", "-b", base, *more]
    done = _run("ldapsearch", url, account, ca_file, options, "")
    return Answer(done.returncode, done.stderr, read(_without_notes(done.stdout).encode()))


def printed(url: str, account: Account, ca_file: Path, *options: str) -> str:
    """Return all that ldapsearch prints, entries and what it tells beside."""
    return _run("ldapsearch", url, account, ca_file, list(options), "").stdout


def add(url: str, account: Account, ca_file: Path, ldif: str) -> Answer:
    """Try to add an object."""
    done = _run("ldapadd", url, account, ca_file, [], ldif)
    return Answer(done.returncode, done.stderr, ())


def change(url: str, account: Account, ca_file: Path, ldif: str) -> Answer:
    """Carry out the change of an LDIF record: a modification, an addition or a deletion."""
    done = _run("ldapmodify", url, account, ca_file, [], ldif)
    return Answer(done.returncode, done.stderr, ())


def _run(
    program: str, url: str, account: Account, ca_file: Path, options: list[str], given: str
) -> subprocess.CompletedProcess[str]:
    bind = ["-H", url, "-x", "-D", account.user, "-w", account.password, "-o", "nettimeout=5"]
    environment = {**os.environ, "LDAPTLS_CACERT": str(ca_file), "LDAPTLS_REQCERT": "demand"}
    command = [program, *bind, *options]
    return subprocess.run(
        command, input=given, capture_output=True, text=True, env=environment, check=False
    )


def _without_notes(text: str) -> str:
    """Drop what ldapsearch prints between entries: page cookies, references, result texts."""
    notes = ("#", "ref:", "Size limit", "No such", "Additional information", "Matched DN")
    return "\n".join(line for line in text.splitlines() if not line.startswith(notes))
