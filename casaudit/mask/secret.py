"""The secret behind a mask, and what is made from it."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from string import ascii_lowercase

_TRIES = 500


@dataclass(frozen=True, slots=True)
class Secret:
    """Makes replacements that nobody can make or undo without the key."""

    key: bytes

    @staticmethod
    def new() -> "Secret":
        """Return a secret that nobody else has."""
        return Secret(secrets.token_bytes(32))

    def pseudonym(self, word: str, others: Collection[str]) -> str:
        """Return a word of the same shape, letters for letters and digits for digits.

        Args:
            word: what it stands for.
            others: what it must not be; it grows by a letter when every shape is taken.
        """
        shape, number = word, 0
        # No word holds a line feed, so it parts word and number without doubt.
        while (found := self._shaped(shape, f"{word}\n{number}")) in others:
            number += 1
            # Words of one or two letters have few shapes: after so many tries all count as taken.
            if number % _TRIES == 0:
                shape += "x"
        return found

    def digits(self, text: str) -> str:
        """Return other hexadecimal digits of the same form and letter case, the same each time."""
        stream = self._stream(f"digits\n{text.lower()}")
        made = "".join(f"{next(stream) % 16:x}" if each.isalnum() else each for each in text)
        return made.upper() if any(each.isupper() for each in text) else made

    def number(self, text: str) -> str:
        """Return another number of as many digits."""
        stream = self._stream(f"number\n{text}")
        # Without zeros, one of which could lead and make the number shorter.
        return "".join(str(next(stream) % 9 + 1) for _ in text)

    def seed(self, purpose: str, data: bytes) -> bytes:
        """Return 32 bytes for a purpose."""
        return hmac.digest(self.key, purpose.encode() + b"\n" + data, hashlib.sha256)

    def _shaped(self, shape: str, text: str) -> str:
        stream = self._stream(text)
        return "".join(_like(each, next(stream)) for each in shape)

    def _stream(self, text: str) -> Iterator[int]:
        block = 0
        while True:
            data = f"{block}\n{text}".encode("utf-8", "surrogatepass")
            yield from hmac.digest(self.key, data, hashlib.sha256)
            block += 1


def _like(character: str, byte: int) -> str:
    if character.isdigit():
        return str(byte % 10)
    return ascii_lowercase[byte % 26] if character.isalnum() else character
