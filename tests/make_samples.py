"""Write the sample organisations again: ``python -m tests.make_samples``.

Certificates that are there are kept, so that only a change of an organisation changes a file.
"""

from casaudit.shipped import SAMPLES
from casaudit.snapshot import dumps
from tests.forest import Forest, entries, ldif, snapshot
from tests.organisations import ORGANISATIONS


def sample_files(forest: Forest) -> dict[str, bytes]:
    """Return the files of a sample by name."""
    return {"directory.ldf": ldif(entries(forest)), "snapshot.json": dumps(snapshot(forest))}


def main() -> None:
    """Write every sample."""
    for name, build in ORGANISATIONS.items():
        folder = SAMPLES / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in sample_files(build()).items():
            (folder / file).write_bytes(content)


if __name__ == "__main__":
    main()
