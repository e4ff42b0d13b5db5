"""Renew the pinned requirements: ``python -m tests.lock UV``, which ``make lock`` calls.

Each file pins every package with the hashes of all its files, for every platform and Python that
pyproject.toml allows, so that a fresh machine gets what was tested or an error.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
COMPILE = (
    *("pip", "compile", "--quiet", "--no-config", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-annotate", "--no-emit-index-url", "--upgrade"),
    *("--custom-compile-command", "make lock"),
)


def main(uv: str) -> None:
    """Write every file anew: newest versions, and the lowest that the ranges allow."""

    def write(path: Path, *options: str) -> None:
        subprocess.run([uv, *COMPILE, *options, "--output-file", str(path)], check=True, cwd=ROOT)

    shipped = "pyproject.toml"
    everything = (shipped, "--group", "dev")
    write(FOLDER / "runtime.txt", shipped)
    write(FOLDER / "build.txt", "--group", "build")
    write(FOLDER / "lab.txt", "--group", "lab")
    write(FOLDER / "dev.txt", *everything, "--constraints", str(FOLDER / "runtime.txt"))
    with tempfile.TemporaryDirectory() as folder:
        lowest = Path(folder) / "lowest.txt"
        write(lowest, shipped, "--resolution", "lowest-direct")
        write(FOLDER / "lowest.txt", *everything, "--constraints", str(lowest))


if __name__ == "__main__":
    main(sys.argv[1])
