"""Building the objects of an export from its elements as they come by, none of which is kept.

Every table that a file could fill is bounded, and so are the depth, the elements and the text of
one object.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from casaudit.collect.clixml.values import (
    PRIMITIVES,
    PROGRESS,
    Exported,
    Unreadable,
    Value,
    primitive,
    unescaped,
)
from casaudit.collect.ldif import Problem
from casaudit.snapshot import Reason

# Export-Clixml goes two levels deep unless -Depth says otherwise.
MAX_DEPTH = 100
# Of elements that are passed over, too: expat sets no bound of its own.
MAX_NESTING = 10_000
MAX_ELEMENTS = 10_000_000
MAX_OBJECT_ELEMENTS = 100_000
MAX_OBJECT_TEXT = 8 * 2**20
MAX_TYPE_LISTS = 2_000
MAX_TYPES = 50
MAX_TYPE_NAME = 500
# Objects need N and RefId, the root its version and name space.
MAX_ATTRIBUTES = 4
MAX_STRANGE = 10_000
MAX_KEPT = 10_000
MAX_KEPT_ELEMENTS = 50
_NAMESPACE = "{http://schemas.microsoft.com/powershell/2004/04}"
_LISTS = frozenset({"LST", "STK", "QUE", "IE"})
_TEXTUAL = PRIMITIVES | {"T", "ToString"}
_OTHERS = {"Obj", "TN", "TNRef", "Ref", "Props", "MS", "DCT", "En", PROGRESS}
_PASSED_OVER = "another element"
_UNREAD = frozenset({_PASSED_OVER, PROGRESS})
_TAGS = {f"{_NAMESPACE}{tag}": tag for tag in _TEXTUAL | _LISTS | _OTHERS}


class Stop(Exception):
    """The rest of the file is not read."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class _Frame:
    """An element that is open, and what was seen of it so far."""

    tag: str
    name: str | None
    reference: str | None
    before: int
    types: tuple[str, ...] = ()
    text: list[str] = field(default_factory=list)
    told: str | Unreadable | None = None
    own: dict[str, Value] = field(default_factory=dict)
    notes: dict[str, Value] = field(default_factory=dict)
    items: list[Value] = field(default_factory=list)
    content: Value = None


class Builder:
    """Takes elements from a parser and gives objects.

    Attributes:
        line: returns the line that the parser has come to.
    """

    def __init__(self) -> None:
        self.line: Callable[[], int] = lambda: 1
        self._ready: list[Value | Problem] = []
        self._frames: list[_Frame] = []
        self._depth = 0
        self._elements = 0
        self._strange: set[int] = set()
        self._text = 0
        self._first = (0, 1)
        self._broken: Problem | None = None
        self._types: dict[str, tuple[str, ...]] = {}
        self._inner: dict[str, tuple[Value, int]] = {}
        self._earlier: dict[str, Value] = {}

    def taken(self) -> Iterator[Value | Problem]:
        """Yield what was finished since the last call."""
        ready, self._ready = self._ready, []
        yield from ready

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_NESTING or self._elements > MAX_ELEMENTS:
            raise Stop(Reason.LIMIT, "more elements than an export has")
        if self._depth == 1:
            if tag != f"{_NAMESPACE}Objs":
                raise Stop(Reason.MALFORMED, "not written by Export-Clixml")
            return
        # The parser remembers every name of an element or attribute for good.
        if tag not in _TAGS:
            self._strange.add(hash(tag))
        if len(attributes) > MAX_ATTRIBUTES:
            self._strange.update(map(hash, attributes))
        if len(self._strange) > MAX_STRANGE:
            raise Stop(Reason.MALFORMED, "names unknown to the CLIXML format")
        if self._depth == 2:
            self._first = (self._elements, self.line())
            self._text = 0
        inside = self._frames[-1].tag if self._frames else ""
        if self._broken is None and inside not in _UNREAD:
            self._open(tag, attributes)

    def data(self, text: str) -> None:
        """Take text of the innermost element."""
        if self._broken is not None or not self._frames or self._frames[-1].tag not in _TEXTUAL:
            return
        self._text += len(text)
        if self._text > MAX_OBJECT_TEXT:
            self._break(Reason.LIMIT, f"holds more than {MAX_OBJECT_TEXT // 2**20} MiB of text")
        else:
            self._frames[-1].text.append(text)

    def end(self, tag: str) -> None:
        """Close an element."""
        self._depth -= 1
        # The root has no frame, the frames of a broken object are gone, and what is inside of an
        # element that is passed over never had one.
        if self._depth and len(self._frames) == self._depth:
            frame = self._frames.pop()
            self._place(frame, self._value(frame))
        if self._depth == 1:
            self._finish()

    def close(self) -> None:
        """Take notice of the end of the file; the parser asks for it."""

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in _TAGS and self._depth == 2:
            self._break(Reason.MALFORMED, "is an element unknown to the CLIXML format")
        elif self._depth > MAX_DEPTH:
            self._break(Reason.LIMIT, f"is nested more than {MAX_DEPTH} levels deep")
        elif self._elements - self._first[0] >= MAX_OBJECT_ELEMENTS:
            self._break(Reason.LIMIT, f"holds more than {MAX_OBJECT_ELEMENTS:,} elements")
        elif self._frames and self._frames[-1].tag in _TEXTUAL:
            self._frames[-1].tag = _PASSED_OVER
        else:
            name, reference = attributes.get("N"), attributes.get("RefId")
            # What a later version adds costs the property that it stands for, not the object.
            known = _TAGS.get(tag, _PASSED_OVER)
            self._frames.append(_Frame(known, name, reference, self._elements))

    def _break(self, reason: Reason, detail: str) -> None:
        """Give up the object; what is left of it is passed over."""
        self._broken = Problem(self._first[1], reason, f"an object {detail}")
        self._frames.clear()

    def _finish(self) -> None:
        """Close an object, and remember of it what later ones may refer to."""
        if self._broken is not None:
            self._ready.append(self._broken)
        for reference, (value, elements) in self._inner.items():
            if elements <= MAX_KEPT_ELEMENTS:
                # Taken out first, because a dict leaves a key that is set again in its old place,
                # and the oldest goes first.
                self._earlier.pop(reference, None)
                self._earlier[reference] = value
        # PowerShell writes an object once and refers to it by its RefId from then on.
        while len(self._earlier) > MAX_KEPT:
            del self._earlier[next(iter(self._earlier))]
        self._inner.clear()
        self._frames.clear()
        self._broken = None

    def _value(self, frame: _Frame) -> Value:
        """Return what a closed element stands for."""
        tag = frame.tag
        if tag in PRIMITIVES:
            return primitive(tag, "".join(frame.text))
        if tag in _LISTS:
            return frame.items
        if tag == "DCT":
            return frame.own
        if tag == "Ref":
            return self._referred(frame.reference)
        if tag == "Obj":
            return self._object(frame)
        if tag in _UNREAD:
            return _STRANGE
        return None

    def _object(self, frame: _Frame) -> Exported:
        # In PowerShell, too, a note hides the object's own property of the same name.
        found = Exported(frame.types, frame.told, frame.own | frame.notes, frame.content)
        if frame.reference is not None:
            self._inner[frame.reference] = (found, self._elements - frame.before + 1)
        return found

    def _referred(self, reference: str | None) -> Value:
        # An object that refers to itself is still open, so it is in neither table.
        if reference in self._inner:
            return self._inner[reference][0]
        if reference in self._earlier:
            return self._earlier[reference]
        return Unreadable(Reason.MALFORMED, "refers to an object that is not kept")

    def _place(self, frame: _Frame, value: Value) -> None:
        """Hand a closed element to the one around it."""
        above = self._frames[-1] if self._frames else None
        match frame.tag, above:
            case _, None:
                self._ready.append(value)
            case "T", _Frame():
                name = "".join(frame.text)[:MAX_TYPE_NAME]
                above.types = (*above.types, name)[:MAX_TYPES]
            case "TN" | "TNRef", _Frame():
                above.types = self._named_types(frame)
            case "ToString", _Frame():
                above.told = _told("".join(frame.text))
            case "Props", _Frame():
                above.own |= frame.own
            case "MS", _Frame():
                above.notes |= frame.own
            case "En", _Frame():
                above.own[_key(frame.own.get("key"))] = frame.own.get("value")
            case _, _Frame():
                _hold(above, frame.name, value)

    def _named_types(self, frame: _Frame) -> tuple[str, ...]:
        # Likewise the names of types: in full at the first object of a type, then as a reference.
        if frame.tag == "TNRef":
            return self._types.get(frame.reference or "", ())
        if frame.reference is not None and len(self._types) < MAX_TYPE_LISTS:
            self._types[frame.reference] = frame.types
        return frame.types


_STRANGE = Unreadable(Reason.MALFORMED, "stands in an element that is not read")


def _hold(above: _Frame, name: str | None, value: Value) -> None:
    """Put a value where it belongs in the element around it."""
    if above.tag in _LISTS:
        above.items.append(value)
    elif name is not None:
        above.own.setdefault(_told_name(name), value)
    elif isinstance(value, Exported):
        # An object with notes stands inside a second one of the same kind.
        above.own = {**value.properties, **above.own}
        above.content = value.content if above.content is None else above.content
        above.told = value.text if above.told is None else above.told
        above.types = above.types or value.types
    elif above.content is None:
        above.content = value


def _told(text: str) -> str | Unreadable:
    found = primitive("S", text)
    return found if isinstance(found, str) else Unreadable(Reason.MALFORMED, "no valid text")


def _told_name(name: str) -> str:
    try:
        return unescaped(name).lower()
    except ValueError:
        return name.lower()


def _key(value: Value) -> str:
    return value if isinstance(value, str) else str(value)
