"""Remembering that a rule book passed its check, so that not every start repeats it.

A receipt holds nothing that a verdict rests on: conditions, severities and texts are read from
the rules each time. Who forges one can only keep a broken rule book from being refused, and
change the examples that ``rules docs`` prints; ``rules test`` does not look at receipts.

It stands in the user's cache folder, since an installation is often not writable; the environment
variable ``CASAUDIT_CACHE`` names another folder, or none where it is empty.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

import casaudit
from casaudit.rulebook.reading import RuleFiles
from casaudit.rulebook.rule import Example, Rulebook

FORMAT: Literal["casaudit/checked/1"] = "casaudit/checked/1"
_KEPT = 4
"""Receipts of other versions and copies of the rules that stay beside the newest."""
_CHECKING = ("rulebook", "engine", "snapshot", "findings")
"""The parts of casaudit whose code decides whether a rule book passes."""


class Receipt(BaseModel):
    """What is remembered of a rule book that passed.

    Attributes:
        key: digest over the rules and what checked them, see ``receipt_key``.
        examples: of each rule, as they were read: most of the text, and no part of a verdict.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["casaudit/checked/1"] = FORMAT
    key: str
    examples: dict[str, tuple[Example, ...]]


def receipt_key(files: RuleFiles) -> str:
    """Return a digest over every byte that was read, and over the version and code that checks."""
    root = files.folders[0]
    digest = hashlib.sha256(
        # Another SQLite knows other functions, and may refuse what this one took.
        f"{FORMAT}\n{casaudit.__version__}\n{sqlite3.sqlite_version}\n".encode()
    )
    for path, text in files.texts.items():
        name = path.relative_to(root).as_posix()
        # With its length: no two sets of files may read the same in one row.
        digest.update(f"{name}\0{len(text)}\0{text}\0".encode())
    for path in _code():
        # In a checkout the code changes while the version stays.
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _code() -> Iterator[Path]:
    package = Path(casaudit.__file__).parent
    for part in _CHECKING:
        yield from sorted((package / part).rglob("*.py"))


def find(key: str) -> Receipt | None:
    """Return the receipt with this key; nothing where there is none that can be read in full."""
    path = _path(key)
    if path is None:
        return None
    try:
        found = Receipt.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    # The name of the file holds a part of the key only.
    return found if found.key == key else None


def keep(key: str, book: Rulebook) -> None:
    """Remember that a book passed; silently not, where the folder cannot be written."""
    path = _path(key)
    if path is None:
        return
    receipt = Receipt(key=key, examples={rule.id: rule.examples for rule in book.rules})
    # Another process may read or write the same receipt: it appears whole or not at all.
    draft = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(receipt.model_dump_json(by_alias=True, exclude_unset=True), "utf-8")
        draft.replace(path)
        others = sorted(path.parent.glob("rules-*.json"), key=lambda each: each.stat().st_mtime)
        # Each version leaves one behind, and nobody clears a cache folder by hand.
        for old in others[: -_KEPT - 1]:
            old.unlink()


def _path(key: str) -> Path | None:
    chosen = os.environ.get("CASAUDIT_CACHE")
    if chosen is not None:
        return Path(chosen) / f"rules-{key[:16]}.json" if chosen else None
    # By the XDG Base Directory Specification it is ~/.cache where the variable is not set.
    home = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_CACHE_HOME")
    with suppress(RuntimeError):  # an account without a home folder
        folder = Path(home) if home else Path.home() / ".cache"
        return folder / "casaudit" / f"rules-{key[:16]}.json"
    return None
