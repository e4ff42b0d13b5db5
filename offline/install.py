"""Install casaudit from the folder of this file, without a network; nothing is asked for or sent.

``install.cmd`` and ``install.sh`` look for a Python and call this. What stands here is understood
by every Python 3.6 or later, so that one that is too old is told so in words.
"""

import argparse
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
INSTALLED, FAILED, UNFIT = 0, 1, 3
"""Exit codes; 2 is that of a wrong option."""


def main():
    """Check this Python, make an environment, install into it and say what to type; the code."""
    bundle = json.loads((HERE / "bundle.json").read_text(encoding="utf-8"))
    options = _options(bundle["extras"])
    unfit = _unfit(bundle)
    if unfit:
        print(f"install: {unfit}", file=sys.stderr)
        return UNFIT
    target = Path(options.folder).resolve()
    if _run([sys.executable, "-I", "-m", "venv", str(target)]):
        hint = "" if os.name == "nt" else "; on Debian and Ubuntu it needs the package python3-venv"
        return _failed(f"no environment could be made in {target}{hint}")
    programs = target / ("Scripts" if os.name == "nt" else "bin")
    lists = ["requirements.txt", *(f"extra-{name}.txt" for name in options.extra)]
    for name in lists:
        if _run(_pip(programs / "python", HERE / name)):
            return _failed(f"pip could not install what {name} lists; its message stands above")
    if _run([str(programs / "casaudit"), "--version"]):
        return _failed("casaudit is installed, but does not start")
    print(f"Installed. Try it: {programs / 'casaudit'} demo")
    return INSTALLED


def _options(extras):
    parser = argparse.ArgumentParser(description="Install casaudit without a network.")
    parser.add_argument("folder", nargs="?", default=str(HERE / ".venv"), help="where to install")
    parser.add_argument("--extra", action="append", default=[], choices=extras)
    return parser.parse_args()


def _unfit(bundle):
    """Say why this Python cannot use the wheels of the bundle; empty where it can."""
    version = "{}.{}".format(*sys.version_info)
    if version not in bundle["pythons"] or sys.implementation.name != "cpython":
        names = ", ".join(bundle["pythons"])
        return f"{sys.executable} is Python {version}; the bundle is for CPython {names}"
    found = sysconfig.get_platform()
    if found != bundle["platform"]:
        return f"{sys.executable} is a Python for {found}; the bundle is for {bundle['platform']}"
    if found.startswith("linux") and "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""):
        return "this system uses musl; the bundle is for systems with glibc 2.17 or later"
    return ""


def _pip(python, requirements):
    """Return the command that installs a list, each file by its hash and from here only."""
    wheels = ("--no-index", "--find-links", str(HERE / "wheels"))
    command = (str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    return [*command, *wheels, "--require-hashes", "-r", str(requirements)]


def _run(command):
    # An index, a proxy or a constraint of the machine's own configuration would be in the way.
    outer = {name: text for name, text in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.call(command, env={**outer, "PIP_CONFIG_FILE": os.devnull})


def _failed(text):
    print(f"install: {text}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
