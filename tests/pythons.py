"""The same bytes under every Python that is here: ``python -m tests.pythons [INTERPRETER ...]``.

Each interpreter gets an environment of its own with casaudit installed as an operator does it.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.test_determinism import ALL_FORMATS, reports

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def interpreters() -> list[str]:
    """Return the supported interpreters on the path, but not this one."""
    names = [f"python{version}" for version in VERSIONS]
    names.remove(f"python{sys.version_info.major}.{sys.version_info.minor}")
    return [found for name in names if (found := shutil.which(name))]


def installed(interpreter: str, folder: Path) -> Path:
    """Make an environment with casaudit in a folder; return its interpreter."""
    subprocess.run([interpreter, "-m", "venv", folder], check=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", ROOT], check=True)
    return python


def differing(python: Path, folder: Path, expected: dict[str, bytes]) -> list[str]:
    """Return the reports in which an interpreter differs from this one."""
    found = reports(folder, {"PYTHONPATH": ""}, str(python))
    return sorted(n for n in found.keys() | expected.keys() if found.get(n) != expected.get(n))


def main() -> int:
    """Compare every interpreter with this one; return 1 where one differs or none was found."""
    asked = sys.argv[1:] or interpreters()
    status = 0 if asked else 1
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        expected = reports(folder / "expected", {})
        for number, interpreter in enumerate(asked):
            python = installed(interpreter, folder / f"python-{number}")
            wrong = differing(python, folder / f"reports-{number}", expected)
            status |= bool(wrong)
            print(f"{interpreter}: {', '.join(wrong) or f'the same {len(expected)} files'}")
    print(f"{len(asked)} interpreters beside {sys.version.split()[0]}, formats {ALL_FORMATS}")
    return status


if __name__ == "__main__":
    sys.exit(main())
