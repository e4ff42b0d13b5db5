"""Checking an auditor pack: is it complete, is it unchanged, and who signed it."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from casaudit.text import count


def verify(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of the pack, with manifest.json.")
    ],
    key: Annotated[
        Path | None,
        typer.Option(
            "--public-key",
            metavar="FILE",
            help="Ed25519 key of the signer (PEM), from elsewhere than the pack; then the pack has"
            " to be signed.",
        ),
    ] = None,
    snapshot: Annotated[
        Path | None,
        typer.Option(
            "--snapshot", metavar="FILE", help="Check that the pack was made from this snapshot."
        ),
    ] = None,
) -> None:
    """Check the files of an auditor pack against its manifest.

    Exit codes: 0 nothing differs, 1 something does, 2 wrong usage, 4 no readable pack.
    """
    from casaudit.cli import console, files, inputs, signing
    from casaudit.cli.exits import ExitCode
    from casaudit.report.pack import manifest

    # First: a wrong key is wrong usage, and no difference in the pack.
    signer = signing.public_key(key) if key else None
    # The folder of a report has the pack in a folder of its own.
    if (folder / "pack" / manifest.NAME).is_file():
        folder /= "pack"
    with inputs.expecting(folder, "packed", "folder"):
        data = files.read_file(folder / manifest.NAME)
    found, problems = _hashes(folder)
    said = files.read_file(folder / manifest.SUMS) if manifest.SUMS in found else b""
    problems += manifest.own_differences(found, said)
    signature = b""
    if manifest.SIGNATURE in found:
        signature = files.read_file(folder / manifest.SIGNATURE)
    # A manifest that was changed may not be readable; that it was changed is told all the same.
    if not problems or manifest.is_readable(data):
        told = manifest.read_manifest(data)
        problems += manifest.differences(told, found, said)
        if signer and not (told.signed and signing.is_signed_by(signer, data, signature)):
            problems.append(f"{manifest.SIGNATURE}: no valid signature of that key")
        if snapshot and told.snapshot_sha256 not in _snapshot_hashes(snapshot):
            problems.append(f"{snapshot}: not the snapshot that the pack was made from")
    if problems:
        console.show_data("\n".join(sorted(set(problems))))
        raise typer.Exit(ExitCode.FAILED)
    console.show_data(
        f"{folder}: {count(len(found), 'file')}, none differs\n"
        f"organisation {told.organization}, collected {told.collected_at},"
        f" judged as of {told.as_of}\n"
        f"snapshot {told.snapshot_sha256}\nrules    {told.rules_sha256}\n"
        f"{_signature_in_words(told.signed, signer is not None)}"
    )


def _snapshot_hashes(path: Path) -> frozenset[str]:
    from casaudit.cli import files, inputs
    from casaudit.cli.baselines import hashes

    found, evidence = inputs.find_snapshot(path)
    return hashes(files.read_file(found), evidence)


def _signature_in_words(is_signed: bool, is_checked: bool) -> str:
    if is_checked:
        return "signed by the given key"
    if is_signed:
        return "signed; give --public-key to check by whom"
    return "not signed: who could change a file could change its hash too"


def _hashes(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Return the hash of every file, and what is no file."""
    from casaudit.errors import SourceError

    found: dict[str, str] = {}
    strange = []
    try:
        # Not rglob: a pack has no folders, so one that is there is strange.
        for path in sorted(folder.iterdir()):
            # What a link leads to can change after the check, and was not handed over.
            if path.is_symlink() or not path.is_file():
                strange.append(f"{path.name}: not a file")
                continue
            with path.open("rb") as stream:
                found[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(str(folder), f"cannot be read: {error.strerror or error}") from None
    return found, strange
