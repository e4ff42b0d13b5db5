"""A cache of filled controllers: provisioning one takes seconds, unpacking one does not."""

import hashlib
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.lab.packages import PATH

_SOURCES = (
    *("accounts.py", "computers.py", "database.py", "directory.py", "ldif.py", "loading.py"),
    "partitions.py",
)
_KEPT = 8


def folder() -> Path:
    """Return where filled controllers are kept, ``CASAUDIT_LAB_CACHE`` or a temporary folder."""
    named = os.environ.get("CASAUDIT_LAB_CACHE")
    return Path(named) if named else Path(tempfile.gettempdir()) / "casaudit-lab-cache"


def path(exports: Sequence[bytes]) -> Path:
    """Return where a controller with these exports is kept: any other input, another place."""
    here = Path(__file__).parent
    command = ["samba", "--version"]
    environment = {**os.environ, "PATH": PATH}
    version = subprocess.run(command, capture_output=True, check=True, env=environment).stdout
    sources = [(here / name).read_bytes() for name in (*_SOURCES, "schema.py", "schema.toml")]
    digest = hashlib.sha256()
    for part in (version, *sources, *exports):
        digest.update(len(part).to_bytes(8, "big") + part)
    return folder() / f"{digest.hexdigest()[:24]}.tar"


def keep(state: Path, kept: Path) -> None:
    """Pack a stopped controller's folder; the oldest packed ones make room."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as packed:
        with tarfile.open(fileobj=packed, mode="w") as tar:
            tar.add(state, "state")
        Path(packed.name).replace(kept)
    by_age = sorted(kept.parent.glob("*.tar"), key=lambda file: file.stat().st_mtime)
    for file in by_age[:-_KEPT]:
        file.unlink(missing_ok=True)


def restore(kept: Path, target: Path) -> None:
    """Unpack a kept controller as the folder ``state``."""
    kept.touch()
    with tarfile.open(kept) as tar:
        # Python before 3.11.4 has no filters, and that of Debian is older.
        if hasattr(tarfile, "data_filter"):
            tar.extractall(target, filter="data")
        else:
            tar.extractall(target)
