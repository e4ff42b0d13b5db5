"""The lab by hand: ``python -m tests.lab install | up | status | down | missing``."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.lab import addresses, packages
from tests.lab.accounts import ACCOUNTS
from tests.lab.claim import HOME, RUN, LabError, birth, is_claimed
from tests.lab.whole import Lab, running

_HOLDER = RUN / "holder"
_STATUS = RUN / "status"
_LOG = HOME / "holder.log"


def main() -> int:
    """Carry out one command."""
    commands: dict[str, Callable[[], int]] = {
        "install": _install,
        "missing": _missing,
        "up": _up,
        "hold": _hold,
        "status": _status,
        "down": _down,
    }
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("command", choices=commands)
    try:
        return commands[parser.parse_args().command]()
    except LabError as error:
        print(error, file=sys.stderr)
        return 1


def _install() -> int:
    """Install what can be; what cannot be had is no failure here, the tests say what they lack."""
    if packages.complete():
        print("nothing to install")
    elif not packages.can_install():
        print("packages are missing, and installing them needs root and apt-get")
    else:
        try:
            packages.install()
        except subprocess.CalledProcessError as error:
            print(f"{error.cmd[0]} failed: {error.returncode}; tests that need more are skipped")
    return 0


def _missing() -> int:
    lacking = packages.missing()
    print("\n".join(lacking) or "nothing is missing")
    return 1 if lacking else 0


def _up() -> int:
    """Start a process that holds the lab, and wait until it serves."""
    if is_claimed():
        raise LabError("a lab is running already; see status")
    HOME.mkdir(mode=0o700, exist_ok=True)
    with _LOG.open("wb") as log:
        command = [sys.executable, "-m", "tests.lab", "hold"]
        holder = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    while not _STATUS.exists():
        if holder.poll() is not None:
            raise LabError(f"the lab did not start:\n{_LOG.read_text()}")
        time.sleep(0.1)
    return _status()


def _hold() -> int:
    """Run the lab until a signal ends this process."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if lacking := packages.missing():
        raise LabError(f"the lab needs {', '.join(lacking)}")
    with running() as lab, lab.crowded_directory(), lab.recorder(), lab.windows_limits():
        _HOLDER.write_text(f"{os.getpid()} {birth(os.getpid())}")
        _publish(lab, _STATUS)
        while True:
            signal.pause()


def _status() -> int:
    if not is_claimed():
        print("no lab is running")
        return 1
    print(_STATUS.read_text() if _STATUS.exists() else "a lab is running, held by its tests")
    return 0


def _down() -> int:
    if not is_claimed():
        print("no lab is running")
        return 0
    if not _HOLDER.exists():
        raise LabError("the running lab belongs to tests; end those")
    pid, _, born = _HOLDER.read_text().partition(" ")
    os.kill(int(pid), signal.SIGTERM)
    while birth(int(pid)) == born:
        time.sleep(0.1)
    return 0


def _publish(lab: Lab, file: Path) -> None:
    """Write what a person needs to use the lab."""
    rows = {
        "organisation": lab.export,
        "controller": lab.directory.address,
        "  with a crowd": addresses.CROWDED_DIRECTORY,
        "  recording": addresses.RECORDER,
        "  limited": addresses.LIMITS,
        "CA file": lab.ca_file,
        "wrong CA file": lab.wrong_ca_file,
        **{f"account {account.name}": account.password for account in ACCOUNTS},
        "internal DNS": f"{lab.names.internal.address}:{lab.names.internal.port}",
        "external DNS": f"{lab.names.external.address}:{lab.names.external.port}",
        **{name: server.endpoint.address for name, server in lab.clients.servers.items()},
        "balancer, passing": lab.clients.pass_through.address,
        "balancer, own": lab.clients.terminating.address,
        **{f"TLS {quirk}": endpoint.address for quirk, endpoint in lab.zoo.endpoints.items()},
    }
    text = "".join(f"{name:<20} {value}\n" for name, value in rows.items())
    draft = file.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(file)


if __name__ == "__main__":
    sys.exit(main())
