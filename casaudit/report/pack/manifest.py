"""The manifest of an auditor pack: what belongs to it, and whether that is what is there."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casaudit.errors import SourceError
from casaudit.validation import first_mistake

SCHEMA: Literal["casaudit/pack/1"] = "casaudit/pack/1"
NAME, SIGNATURE, SUMS = "manifest.json", "manifest.sig", "SHA256SUMS"

_Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _ManifestPart(BaseModel):
    # Strict: pydantic would take "1" for 1, and what was signed has to be what is read.
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class PackFile(_ManifestPart):
    """A file of the pack.

    Attributes:
        rows: lines below the header, for the tables.
        columns: names of the columns in their order, for the tables.
    """

    # No folder, no leading dot: a manifest from elsewhere must not name files outside its pack.
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    sha256: _Sha256
    bytes: Annotated[int, Field(ge=0)]
    rows: int | None = None
    columns: tuple[str, ...] | None = None


class SampleDraw(_ManifestPart):
    """How the sample was drawn."""

    size: int
    seed: str
    drawn: int


class Manifest(_ManifestPart):
    """What a pack is about, and the hash of everything in it and behind it.

    Attributes:
        columns_version: of the files' columns; while it stays, columns are only added at the end.
        signed: whether a signature of this file belongs to the pack.
    """

    schema_: Literal["casaudit/pack/1"] = Field(default=SCHEMA, alias="schema")
    tool_version: str
    organization: str
    collected_at: str
    as_of: str
    profile: str
    target: str | None
    snapshot_sha256: _Sha256
    rules_sha256: _Sha256
    columns_version: int
    sample: SampleDraw
    signed: bool
    files: tuple[PackFile, ...]

    def dumps(self) -> bytes:
        """Write it as it stands in the pack."""
        return (self.model_dump_json(by_alias=True, indent=1) + "\n").encode()


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        SourceError: it is none, or one of a newer format.
    """
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        mistake = first_mistake(error)
        hint = "a newer casaudit may have written it" if mistake.startswith("schema") else ""
        raise SourceError(NAME, f"not a valid manifest: {mistake}", hint) from None


def listing(
    name: str, content: bytes, rows: int | None = None, columns: tuple[str, ...] | None = None
) -> PackFile:
    """Return the manifest's entry of a file."""
    digest = hashlib.sha256(content).hexdigest()
    return PackFile(name=name, sha256=digest, bytes=len(content), rows=rows, columns=columns)


def sums(files: Mapping[str, bytes]) -> bytes:
    """Return the list of hashes that ``sha256sum -c`` takes."""
    # Two spaces mean text mode to sha256sum, which reads bytes in both modes on POSIX systems.
    return _lines({name: hashlib.sha256(content).hexdigest() for name, content in files.items()})


def is_readable(data: bytes) -> bool:
    """Tell whether bytes are a manifest of this format."""
    try:
        read_manifest(data)
    except SourceError:
        return False
    return True


def own_differences(found: Mapping[str, str], said: bytes) -> list[str]:
    """Name the manifest and the signature when they are not what the list of hashes says.

    Args:
        found: SHA-256 of every file in the folder, by name.
        said: the list of hashes as it is there; empty when it is missing.
    """
    pairs = (line.partition("  ") for line in said.decode("utf-8", "replace").splitlines())
    listed_hashes = {name: digest for digest, _, name in pairs}
    own = [name for name in (NAME, SIGNATURE) if name in {*found, *listed_hashes}]
    differing = [name for name in own if found.get(name) != listed_hashes.get(name)]
    return [f"{name}: not as {SUMS} says" for name in differing] if said else []


def differences(manifest: Manifest, found: Mapping[str, str], said: bytes) -> list[str]:
    """Name every file that is not what the manifest says, that is missing, or that is too much.

    Args:
        manifest: what the files have to be.
        found: SHA-256 of every file in the folder, by name.
        said: the list of hashes as it is there.
    """
    wanted = {each.name: each.sha256 for each in manifest.files}
    own = {NAME, SUMS} | ({SIGNATURE} if manifest.signed else set())
    # SHA256SUMS does not list itself, and no manifest can hold its own hash.
    lines = wanted | {name: found[name] for name in own - {SUMS} if name in found}
    # A file that is not there is told as missing below, and not as changed too.
    differing = [name for name in wanted if found.get(name, "") not in {"", wanted[name]}]
    problems = [f"{name}: changed" for name in differing]
    if SUMS in found and said != _lines(lines):
        problems.append(f"{SUMS}: not what {NAME} says")
    problems += [f"{name}: missing" for name in (*wanted, *own) if name not in found]
    return problems + [
        f"{name}: not part of the pack" for name in found if name not in {*wanted, *own}
    ]


def _lines(hashes: Mapping[str, str]) -> bytes:
    return "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)).encode()
