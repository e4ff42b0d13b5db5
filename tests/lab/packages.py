"""Which programs the lab needs, which Debian packages bring them, and how to install those."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

PROGRAMS = {
    "samba": "samba-ad-dc",
    "samba-tool": "samba-common-bin",
    "ldbadd": "ldb-tools",
    "ldapsearch": "ldap-utils",
    "nsd": "nsd",
    "haproxy": "haproxy",
    "openssl": "openssl",
    "setpriv": "util-linux",
    "kinit": "krb5-user",
    "slapd": "slapd",
}
"""Programs that the lab starts, and the package of each."""
FOLDERS = {
    "/usr/share/samba/setup": "samba-ad-provision",
    "/usr/lib/python3/dist-packages/samba": "python3-samba",
}
"""Folders that Samba needs to make a controller; without the provision's, it fails halfway."""
EXTRAS = ("gssapi", "krb5")
"""Modules of casaudit's extra for Kerberos binds, which are compiled here."""
_PINNED = Path(__file__).parents[2] / "requirements" / "lab.txt"
REPORTS = {
    "chromium": "chromium",
    "soffice": "libreoffice-calc-nogui",
    "java": "default-jre-headless",
}
"""What the tests of the reports need beside the lab; installed with it, never missed by it."""
PACKAGES = (
    *REPORTS.values(),
    *PROGRAMS.values(),
    *FOLDERS.values(),
    "samba",
    "samba-dsdb-modules",
    "samba-vfs-modules",
    *("gcc", "libkrb5-dev"),
)
PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
"""Where the programs are; an ordinary user's own path leaves the servers out."""
_NO_SERVICES = Path("/usr/sbin/policy-rc.d")


def missing() -> list[str]:
    """Say what the lab lacks on this machine; empty when it can start."""
    return list(_missing())


def complete() -> bool:
    """Tell whether nothing is left to install."""
    programs = all(shutil.which(program, path=PATH) for program in REPORTS)
    return not missing() and programs and all(map(find_spec, EXTRAS))


def can_install() -> bool:
    """Tell whether this process may install packages."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install() -> None:
    """Install packages and extras without letting Debian start their services."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    held = _hold_services()
    try:
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
            subprocess.run(["apt-get", "-q", *arguments], env=environment, check=True)
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes")
        subprocess.run([*pip, "-r", str(_PINNED)], check=True)
    finally:
        if held:
            _NO_SERVICES.unlink()


def _missing() -> Iterator[str]:
    if sys.platform != "linux":
        yield "Linux"
        return
    for program, package in PROGRAMS.items():
        if shutil.which(program, path=PATH) is None:
            yield f"{program} (package {package})"
    for folder, package in FOLDERS.items():
        if not Path(folder).is_dir():
            yield f"{folder} (package {package})"
    if os.geteuid() != 0:
        yield "root (ports below 1024)"


def _hold_services() -> bool:
    """Forbid the start of services, unless the machine does already."""
    if _NO_SERVICES.exists():
        return False
    _NO_SERVICES.write_text("#!/bin/sh\nexit 101\n")
    _NO_SERVICES.chmod(0o755)
    return True
