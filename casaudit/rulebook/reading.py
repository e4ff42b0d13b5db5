"""From the files of a folder of rules to a rule book; nothing is compared with the views yet."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from casaudit.errors import RuleError
from casaudit.rulebook.reference_table import Table
from casaudit.rulebook.rule import Example, Rule, Rulebook, SharedFile
from casaudit.rulebook.views import in_order, parse_views
from casaudit.strict_yaml import read

Examples = Mapping[str, tuple[Example, ...]]
"""Examples by the id of their rule."""


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The texts of some folders with rules.

    Attributes:
        folders: the first has ``views/``, ``shared.yaml``, ``data/`` and the groups.
        texts: by path, line ends as on Unix.
    """

    folders: tuple[Path, ...]
    texts: Mapping[Path, str]

    @property
    def sha256(self) -> str:
        """Over name and content of each file; it is published as ``rules_sha256``."""
        digest = hashlib.sha256()
        for path, text in self.texts.items():
            # Names without folders: where a copy of the rules lies is no part of what they say.
            digest.update(path.name.encode() + b"\0" + text.encode() + b"\0")
        return digest.hexdigest()

    def of_first_folder(self) -> "RuleFiles":
        """Return the files of the shipped rules, without those of packs."""
        root = self.folders[0]
        mine = {path: text for path, text in self.texts.items() if path.is_relative_to(root)}
        return RuleFiles((root,), mine)


def read_rulebook(folder: Path, others: Sequence[Path] = ()) -> Rulebook:
    """Read the shipped rules and any packs beside them.

    Args:
        folder: has ``views/``, ``shared.yaml``, ``data/`` and the groups.
        others: folders with more rules; their ids must be new.

    Raises:
        RuleError: a file that cannot be read or is not valid, with its line.
    """
    return parse(read_files(folder, others))


def read_tables(folder: Path) -> dict[str, Table]:
    """Read the reference tables of the shipped rules, with their sources, by name.

    Raises:
        RuleError: a table that cannot be read or is not valid, with its line.
    """
    files = sorted((folder / "data").glob("*.yaml"))
    return {path.stem: read(_text(path), str(path), Table) for path in files}


def read_files(folder: Path, others: Sequence[Path] = ()) -> RuleFiles:
    """Read the rules, views and tables of some folders as text.

    Raises:
        RuleError: a folder that is not there, or a file that cannot be read.
    """
    folders = (folder, *others)
    return RuleFiles(folders, {path: _text(path) for each in folders for path in _paths(each)})


def parse(files: RuleFiles, examples: Examples | None = None) -> Rulebook:
    """Turn the texts of rules into a rule book.

    Args:
        files: of the shipped rules and of packs.
        examples: those that are known already: they make two thirds of the text, and no
            verdict rests on them.

    Raises:
        RuleError: a file that is not valid, with its line.
    """
    # Views, reference data and shared blocks come from the first folder; packs have rules alone.
    folder, texts = files.folders[0], files.texts
    data, shared = folder / "data", folder / "shared.yaml"
    paths: dict[str, Path] = {}
    rules = []
    for path, text in texts.items():
        if path.suffix == ".yaml" and path.parent != data and path != shared:
            rule = _rule(text, path, examples or {})
            _claim(rule, path, paths)
            rules.append(rule)
    return Rulebook(
        rules=tuple(sorted(rules, key=lambda rule: rule.id)),
        views=in_order(
            view
            for path, text in texts.items()
            if folder / "views" in path.parents
            for view in parse_views(text, str(path))
        ),
        data={p.stem: read(t, str(p), Table).rows for p, t in texts.items() if p.parent == data},
        shared=read(texts.get(shared, ""), str(shared), SharedFile),
        paths=paths,
        folders=files.folders,
        sha256=files.sha256,
    )


def _rule(text: str, path: Path, examples: Examples) -> Rule:
    above, _, below = text.partition("\nexamples:")
    # A line below that begins with anything but a space, "-" or "#" may begin another key.
    if path.stem in examples and not re.search(r"\n[^\s#-]", below):
        with suppress(RuleError):  # "\nexamples:" stood inside of an open quote or bracket
            rule = read(above, str(path), Rule)
            return rule.model_copy(update={"examples": examples[path.stem]})
    return read(text, str(path), Rule)


def _paths(folder: Path) -> Iterable[Path]:
    if not folder.is_dir():
        raise RuleError(str(folder), "no such folder of rules")
    # Sorted, since a file system has an order of its own, and the digest is over all of them.
    # Translations (.po) change no verdict and are left out.
    return sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".sql"})


def _text(path: Path) -> str:
    try:
        # Git on Windows may check out CRLF: digest and line numbers have to be the same everywhere.
        return path.read_bytes().replace(b"\r\n", b"\n").decode("utf-8")
    except (OSError, UnicodeError) as error:
        raise RuleError(str(path), f"cannot be read: {error}") from None


def _claim(rule: Rule, path: Path, paths: dict[str, Path]) -> None:
    # So a rule can be found by its id, and one folder cannot have two of the same.
    if path.stem != rule.id:
        raise RuleError(str(path), f"the file of rule {rule.id} must be named {rule.id}.yaml", 1)
    # A pack must not replace a shipped rule by one that says something else.
    if rule.id in paths:
        raise RuleError(str(path), f"rule {rule.id} exists already in {paths[rule.id]}", 1)
    paths[rule.id] = path
