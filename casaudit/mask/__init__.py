"""Masking a snapshot: names, addresses and keys replaced, everything that rules look at kept.

The same name gets the same replacement in every place, so that the masked snapshot gives the same
findings about the same objects under other names. It is no anonymous snapshot: how many sites,
servers and databases there are, how they belong together and when they were made stays visible.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from casaudit.errors import SourceError
from casaudit.mask import fields
from casaudit.mask.certificates import stand_ins
from casaudit.mask.keyfile import KeyFile
from casaudit.mask.secret import Secret
from casaudit.mask.texts import Texts
from casaudit.snapshot import Record, Snapshot

MARK = "+masked"
"""What the version of the tool ends with in a masked snapshot."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked snapshot, with what only the owner of the original may see.

    Attributes:
        unmasked: names of objects that consist of kept words only, and so are as they were.
    """

    snapshot: Snapshot
    key: KeyFile
    unmasked: tuple[str, ...]
    texts: Texts = field(repr=False)


def mask(snapshot: Snapshot, key: KeyFile | None = None, public: Iterable[str] = ()) -> Masked:
    """Mask a snapshot.

    Args:
        snapshot: the evidence.
        key: of an earlier mask, so that names get the replacements that they have there.
        public: subjects of public certification authorities, which stay as they are.

    Raises:
        SourceError: it is masked already.
    """
    if snapshot.tool_version.endswith(MARK):
        raise SourceError("snapshot", "is masked already", "mask the original")
    secret = Secret(bytes.fromhex(key.key)) if key else Secret.new()
    texts = Texts(secret, key.words if key else {})
    # All words first, so that no replacement is a word that only occurs further on.
    texts.learn(_texts(snapshot))
    replacing = _Replacing(texts, secret, snapshot, public)
    values = replacing.values(snapshot) | {"tool_version": snapshot.tool_version + MARK}
    names = {texts.replaced(name): name for name in _names(snapshot)}
    return Masked(
        Snapshot(schema=values.pop("schema_"), **values),
        KeyFile(
            schema="casaudit/mask-key/1",
            key=secret.key.hex(),
            words=texts.given,
            names=(key.names if key else {}) | names,
        ),
        tuple(sorted(name for hidden, name in names.items() if hidden == name)),
        texts,
    )


class _Replacing:
    """Builds records again with other values."""

    def __init__(
        self, texts: Texts, secret: Secret, snapshot: Snapshot, public: Iterable[str]
    ) -> None:
        self._texts = texts
        self._secret = secret
        self._public = {subject.strip().casefold() for subject in public}
        self._stand_ins = stand_ins(snapshot.certificates, secret)

    def values(self, record: Record) -> dict[str, Any]:
        """Return the fields of a record as they are in the masked one."""
        return {
            name: self._value(f"{type(record).__name__}.{name}", name, getattr(record, name))
            for name in type(record).model_fields
        }

    def _value(self, place: str, name: str, value: Any) -> Any:
        if isinstance(value, Record):
            return type(value)(**self.values(value))
        if isinstance(value, tuple):
            return tuple(self._value(place, name, each) for each in value)
        # A StrEnum is a str, too, but from a closed list of ours.
        if not isinstance(value, str) or isinstance(value, Enum):
            return value
        if place in fields.KEPT or name == fields.KEPT_EVERYWHERE:
            return value
        return self._text(place, name, value)

    def _text(self, place: str, name: str, text: str) -> str:
        if place in fields.EMPTIED:
            # That there was a text may be seen, not what it said.
            return "masked" if text else ""
        if place in fields.DIGITS:
            return self._secret.digits(text)
        if place == fields.DER:
            return self._stand_ins[text]
        if name in fields.SUBJECTS and text.strip().casefold() in self._public:
            return text
        return self._texts.replaced(text)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text that may be replaced; one too many does no harm."""
    if isinstance(value, Record):
        for name in type(value).model_fields:
            if f"{type(value).__name__}.{name}" not in {*fields.EMPTIED, fields.DER}:
                yield from _texts(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str) and not isinstance(value, Enum):
        yield value


def _names(value: Any) -> Iterator[str]:
    """Yield the names of all objects."""
    if isinstance(value, Record):
        for name in type(value).model_fields:
            found = getattr(value, name)
            is_name = f"{type(value).__name__}.{name}" not in fields.KEPT
            if name in {"name", "fqdn", "domain", "host"} and isinstance(found, str) and is_name:
                if not isinstance(found, Enum):
                    yield found
            else:
                yield from _names(found)
    elif isinstance(value, tuple):
        for each in value:
            yield from _names(each)


__all__ = ["MARK", "KeyFile", "Masked", "mask"]
