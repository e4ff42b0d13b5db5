"""A parsed report: its elements in order with their attributes, ancestors and text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "img", "input", "wbr"}


@dataclass(slots=True)
class Element:
    """One element; ``path`` are its ancestors, outermost first."""

    tag: str
    attributes: dict[str, str | None]
    path: tuple["Element", ...]
    text: str = ""
    inside: list[str] = field(default_factory=list)

    def has_class(self, name: str) -> bool:
        return name in (self.attributes.get("class") or "").split()


class Page(HTMLParser):
    """Everything of a page; refuses elements that are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, [element.tag for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)
        if tag not in VOID:
            self._open.append(self.elements[-1])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        self.elements.append(Element(tag, dict(attrs), tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].text += data
        for element in self._open:
            element.inside.append(data)

    def all(self, tag: str) -> list[Element]:
        """Return the elements of a tag in order."""
        return [element for element in self.elements if element.tag == tag]

    def ids(self) -> list[str]:
        """Return every id, in order."""
        return [e.attributes["id"] or "" for e in self.elements if "id" in e.attributes]

    def text(self) -> str:
        """Return what a reader can read, white space made one."""
        hidden = ("style", "script", "title")
        parts = (e.text for e in self.elements if e.tag not in hidden)
        return " ".join(" ".join(parts).split())

    def of(self, identity: str) -> str:
        """Return the whole text of the element with an id."""
        found = next(e for e in self.elements if e.attributes.get("id") == identity)
        return " ".join("".join(found.inside).split())
