"""Replacing the words of a text, one by one, so that equal words stay equal in every place.

What separates words stays where it is. So a name keeps the number of its labels, a subdomain lies
in the same domain, a server's short name is the first label of its long one, and a distinguished
name leads through containers of the same names.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import idna

from casaudit.mask.addresses import Addresses
from casaudit.mask.protocol import CLOUD, IDS, SUFFIXES, WORDS
from casaudit.mask.secret import Secret

_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_WORD = re.compile(r"[\w-]+")
# The order counts: a GUID, a SID and a hash are made of words, and so is an address.
_PARTS = re.compile(
    rf"(?P<guid>(?<![0-9A-Fa-f]){_GUID}(?![0-9A-Fa-f]))"
    r"|(?P<sid>\bS-1-\d+(?:-\d+)+)"
    r"|(?P<hash>\b[0-9A-Fa-f]{40}(?:[0-9A-Fa-f]{24})?\b)"
    # Not a part of a longer row of numbers and dots, such as an OID.
    r"|(?P<address>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2}\b)?(?!\.?\w)"
    r"|(?<![\w.:])(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:.]*[0-9A-Fa-f:](?:/\d{1,3}\b)?(?!\w))"
    # CNF: and DEL: behind an escaped line feed mark replication conflicts and deleted objects.
    r"|(?P<escape>\\[0-9A-Fa-f]{2}(?:CNF:|DEL:)?)"
    rf"|(?P<word>{_WORD.pattern})"
)
_SHORT_NUMBER = 5  # digits: ports and versions stay
_SHORT_WORD = 3


class Texts:
    """Replaces texts; what it gave for which word can be kept and used again."""

    def __init__(self, secret: Secret, known: Mapping[str, str]) -> None:
        self._secret = secret
        self._addresses = Addresses(secret.key)
        self.given = dict(known)
        self._done: dict[str, str] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Give each word that occurs a replacement that no other word has, or had itself."""
        words = {word for text in set(texts) for word in _words(text)}
        # Sorted: who comes first takes a shape, and the same key must give the same words.
        new = sorted(word for word in words if word not in self.given)
        if not new:
            return
        given = {*WORDS, *self.given.values()}
        taken = {*given, *words}
        for word in new:
            # Too few short words exist to avoid all that occur; they only have to differ.
            found = self._secret.pseudonym(word, taken if len(word) > _SHORT_WORD else given)
            self.given[word] = found
            given.add(found)
            taken.add(found)

    def replaced(self, text: str) -> str:
        """Return a text with its words, addresses, hashes and ids replaced."""
        if text not in self._done:
            self.learn([text])
            self._done[text] = _PARTS.sub(self._part, text)
        return self._done[text]

    def _part(self, found: re.Match[str]) -> str:
        text = found.group()
        match found.lastgroup:
            case "guid":
                return text if text.lower() in IDS else self._secret.digits(text)
            case "hash":
                return self._secret.digits(text)
            case "sid":
                # Revision and authority ([MS-DTYP], 2.4.2), as a rule S-1-5, name nobody.
                head, *parts = text.split("-")
                return "-".join((head, *parts[:2], *map(self._secret.number, parts[2:])))
            case "address":
                replaced = self._addresses.replaced(text)
                return replaced or _WORD.sub(self._in_case, text)
            case "word":
                return self._in_case(found)
        return text

    def _in_case(self, found: re.Match[str]) -> str:
        text = found.group()
        word = key_of(text)
        if word is None or _is_public(word, found):
            return text
        given = self.given[word]
        # Not so for an international name and its A-label: no letter stands for another.
        if len(given) == len(text):
            return "".join(
                g.upper() if t.isupper() else g for g, t in zip(given, text, strict=True)
            )
        return given.upper() if text.isupper() else given


def _is_public(word: str, found: re.Match[str]) -> bool:
    """Tell whether a word is part of the public end of a name."""
    if word in SUFFIXES:
        is_label = found.string[found.start() - 1 : found.start()] == "."
        return is_label and not re.match(r"\.[\w-]", found.string[found.end() :])
    rest = found.string[found.end() :].lower()
    # The end of the name, and not of one of its labels.
    return any(re.match(rf"{re.escape(end)}(?!\.?[\w-])", rest) for end in CLOUD.get(word, ()))


@lru_cache(maxsize=1 << 16)
def key_of(text: str) -> str | None:
    """Return the form in which equal words are equal texts; ``None`` for what is kept."""
    word = text.lower()
    if not text.isascii():
        try:
            word = idna.encode(text, uts46=True).decode("ascii").lower()
        except idna.IDNAError:
            word = text.casefold()
    letters = [each for each in word if each.isalnum()]
    # A single letter or digit names nobody.
    if word in WORDS or len(letters) < 2:
        return None
    is_number = all(each.isdigit() for each in letters)
    return None if is_number and len(letters) <= _SHORT_NUMBER else word


def _words(text: str) -> Iterable[str]:
    for found in _PARTS.finditer(text):
        if found.lastgroup in {"word", "address"}:
            for part in _WORD.findall(found.group()):
                if (word := key_of(part)) is not None:
                    yield word
