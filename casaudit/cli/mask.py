"""Giving evidence away without names: the command ``mask``."""

from pathlib import Path
from typing import Annotated

import typer

from casaudit import shipped
from casaudit.cli.options import SnapshotArgument

_SHOWN = 10


def mask(
    snapshot: SnapshotArgument,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The masked snapshot.")
    ],
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="New key file: keep it, and give it to nobody."),
    ] = None,
    use_key: Annotated[
        Path | None,
        typer.Option(
            "--use-key",
            metavar="FILE",
            help="Key file of an earlier mask: names get what they got there; it grows.",
        ),
    ] = None,
) -> None:
    """Replace names, addresses and keys in a snapshot, so that it can be given away.

    The masked snapshot gives the same findings about the same objects under other
    names; docs/privacy.md says what stays visible. The key file tells what each
    name was.
    """
    from casaudit.cli import console, files, inputs
    from casaudit.engine.check import load_rulebook
    from casaudit.errors import UsageError
    from casaudit.mask import keyfile
    from casaudit.mask import mask as masked_of
    from casaudit.snapshot import dumps

    where = use_key or key
    if where is None or (use_key and key):
        raise UsageError("mask", "needs one key file", "give --key NEW or --use-key EXISTING")
    # The masks made with the old key could never be read back.
    if key and key.exists():
        raise UsageError(str(key), "exists", "use it with --use-key, or choose another name")
    # The file itself, where a folder was given: its name must not be that of the output.
    source, evidence = inputs.find_snapshot(snapshot)
    # Resolved: two names may lead to one file, and the snapshot would be lost.
    if len({each.resolve() for each in (source, output, where)}) < 3:
        raise UsageError("mask", "snapshot, output and key file have to be three files")
    known = keyfile.load_key_file(files.read_file(use_key), str(use_key)) if use_key else None
    # Names of public roots tell nothing about anybody, and rules have to recognise them.
    public = (row["subject"] for row in load_rulebook(shipped.RULES).data["public_roots"])
    masked = masked_of(evidence, known, public)
    # The key first: should the second write fail, no masked snapshot is without its key.
    files.write_file(where, masked.key.dumps())
    files.write_file(output, dumps(masked.snapshot))
    console.show_data(f"{output}: masked\n{where}: the key, for its owner only")
    if masked.unmasked:
        shown = "; ".join(masked.unmasked[:_SHOWN])
        more = f" and {len(masked.unmasked) - _SHOWN} more" if masked.unmasked[_SHOWN:] else ""
        console.note(f"left as they are, names of protocols and products only: {shown}{more}")
