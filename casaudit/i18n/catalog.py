"""PO files of a language: brought up to date with the texts, with the translations they have."""

import io
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import polib

from casaudit.errors import UsageError

PLURALS = {"de": "nplurals=2; plural=(n != 1);"}
# A line of its own for each text, however long: a changed word is then one changed line.
_NO_WRAPPING = 0
_KEYWORDS = {
    **dict.fromkeys(("say", "_say", "_", "marked")),
    **dict.fromkeys(("many", "_many", "counted"), (1, 2)),
}
"""The functions whose texts are translated; of a pair the first two arguments."""

Message = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text to translate.

    Attributes:
        english: its wording, or that for one.
        more: the wording for another number, where it depends on one.
        context: the column in which a phrase stands.
        sources: the files that have it.
        notes: for translators.
    """

    english: str
    more: str = ""
    context: str = ""
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What tells one text from another."""
        return self.context, self.english

    def entry(self) -> polib.POEntry:
        """Return an entry without a translation."""
        return polib.POEntry(
            msgid=self.english,
            msgid_plural=self.more,
            msgstr_plural={0: "", 1: ""} if self.more else {},
            msgctxt=self.context or None,
            # Without line numbers: else every edit above a text would change the PO files.
            occurrences=[(each, "") for each in dict.fromkeys(self.sources)],
            comment="\n".join(dict.fromkeys(self.notes)),
            # Translators' tools then check that %(names)s are kept.
            flags=["python-format"] if "%(" in self.english + self.more else [],
        )


def united(texts: Iterable[Text]) -> list[Text]:
    """Return each text once, in the order of its first source, with all sources and notes."""
    found: dict[tuple[str, str], Text] = {}
    for text in texts:
        known = found.get(text.key)
        found[text.key] = (
            text
            if known is None
            else replace(
                known, sources=known.sources + text.sources, notes=known.notes + text.notes
            )
        )
    return list(found.values())


def texts_in(path: Path, root: Path) -> Iterator[Text]:
    """Yield the sentences that Python files and templates of a file or folder mark.

    Raises:
        UsageError: Babel, which finds them, is not installed.
    """
    try:
        # Wanted by those who translate only; Babel is large and no judgement needs it.
        from babel.messages.extract import extract
    except ImportError:
        hint = "install it with: pip install 'casaudit[translate]'"
        raise UsageError("Babel", "is needed to find the texts to translate", hint) from None
    for suffix, method in {"j2": "jinja2.ext:babel_extract", "py": "python"}.items():
        found = [path] if path.suffix == f".{suffix}" else sorted(path.rglob(f"*.{suffix}"))
        for each in found:
            # Babel writes of f-strings to stderr; their texts are marked where they are defined.
            with redirect_stderr(io.StringIO()), each.open("rb") as file:
                options = {"trimmed": "true"}
                messages = list(extract(method, file, keywords=_KEYWORDS, options=options))
            for _, message, _, _ in messages:
                one, more = message if isinstance(message, tuple) else (message, "")
                yield Text(one, more, sources=(each.relative_to(root).as_posix(),))


def updated(
    path: Path,
    language: str,
    texts: Iterable[Text],
    every: Mapping[tuple[str, str], polib.POEntry] = MappingProxyType({}),
    elsewhere: Set[tuple[str, str]] = frozenset(),
) -> polib.POFile:
    """Return a PO file as it should be: texts in their order, then translations of texts gone.

    Args:
        path: the file, which need not exist.
        language: its name.
        texts: those that stand in it.
        every: entries of all files of the language by context and text: a text that a second
            group of rules takes up moves to the file above both, and its translation with it.
        elsewhere: texts that stand in other files now, so that they are not gone.
    """
    old = polib.pofile(str(path), encoding="utf-8") if path.is_file() else polib.POFile()
    known = {(each.msgctxt or "", each.msgid): each for each in old}
    made = polib.POFile(wrapwidth=_NO_WRAPPING)
    made.metadata = {
        "Project-Id-Version": "casaudit",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        # A language that is begun gets two forms, which its translators correct where they differ.
        "Plural-Forms": old.metadata.get("Plural-Forms", PLURALS.get(language, PLURALS["de"])),
    }
    for text in texts:
        entry = text.entry()
        if before := known.pop(text.key, None) or every.get(text.key):
            _keep(entry, before)
        made.append(entry)
    for key, gone in known.items():
        # Translators get their work back when a text returns.
        if key in elsewhere:
            continue
        if gone.msgstr or any(gone.msgstr_plural.values()):
            made.append(_obsolete(gone))
    return made


def messages(file: polib.POFile) -> list[Message]:
    """Return what a PO file says, without how it is laid out."""
    return [
        (
            *(each.msgctxt or "", each.msgid, each.msgid_plural),
            *(each.msgstr, sorted(each.msgstr_plural.items()), "fuzzy" in each.flags),
            each.obsolete,
        )
        for each in file
    ]


def outdated(files: Mapping[Path, polib.POFile]) -> list[Path]:
    """Return the files that say something else than they should, or name other sources."""
    return [
        path
        for path, made in files.items()
        if not path.is_file()
        or _content(polib.pofile(str(path), encoding="utf-8")) != _content(made)
    ]


def _content(file: polib.POFile) -> list[Message]:
    notes = [
        (" ".join(name for name, _ in each.occurrences), each.comment, each.tcomment)
        for each in file
        if not each.obsolete
    ]
    return [*messages(file), *notes]


def _keep(entry: polib.POEntry, before: polib.POEntry) -> None:
    entry.msgstr = before.msgstr
    # A text that has only now become countable has one form, which fits none of its two.
    if entry.msgid_plural and before.msgid_plural:
        entry.msgstr_plural = before.msgstr_plural
    entry.tcomment = before.tcomment
    entry.flags += [flag for flag in before.flags if flag == "fuzzy"]


def _obsolete(gone: polib.POEntry) -> polib.POEntry:
    return polib.POEntry(
        msgid=gone.msgid,
        msgid_plural=gone.msgid_plural,
        msgstr=gone.msgstr,
        msgstr_plural=gone.msgstr_plural,
        msgctxt=gone.msgctxt,
        obsolete=True,
    )
