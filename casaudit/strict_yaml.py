"""Reading YAML that people write: no aliases, tags or surprises, and every error with its line.

A document is built in one pass over the parser's events: ruamel.yaml's own way through nodes and
constructors takes ten times as long, which every start of casaudit would pay for its rules.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeVar, get_args

import ruamel.yaml
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from casaudit.errors import RuleError, nearest
from casaudit.validation import in_words

# The largest shipped rule has 22 KiB: there is much room, and an end to hostile files.
MAX_BYTES = 1 << 20
MAX_DEPTH = 20
_STREAM_AND_DOCUMENT = 2
_BRACES = re.compile(r"(?:^|[:,\[{-])\s*(\{[{%])")
"""A template where a value begins: YAML reads its brace as the start of a mapping."""

M = TypeVar("M", bound=BaseModel)


def read(text: str, path: str, model: type[M]) -> M:
    """Read one YAML document into a strict model.

    Raises:
        RuleError: with the line of the offending key where it is known; a key that is misspelt
            comes before the one that is missing for it.
    """
    document = _document(text, path)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        # pydantic tells of a misspelt key twice: one is missing, and one is too many.
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        *above, last = first["loc"] or ("document",)
        if first["type"] == "extra_forbidden":
            problem = f"unknown key {last!r}{nearest(str(last), _keys(model, above))}"
            problem = ": ".join(filter(None, (".".join(map(str, above)), problem)))
        else:
            problem = f"{'.'.join(map(str, (*above, last)))}: {in_words(first)}"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise RuleError(path, problem + more, line_of(text, *first["loc"])) from None


def line_of(text: str, *keys: str | int) -> int | None:
    """Return the line of a key, or of the nearest one above it, in a document that can be read."""
    return _found(text, keys)[0]


def lines_below(text: str, *keys: str | int) -> list[int]:
    """Return the line of each key or element below a key, in a document that can be read."""
    return [line for _, line, _ in _children(_found(text, keys)[1])]


def _found(text: str, keys: Iterable[str | int]) -> tuple[int | None, Node | None]:
    # Only for an error's line: composing nodes costs much more than the events of a good file.
    node: Node | None = _yaml().compose(text)
    line = None
    for key in keys:
        found = next((pair for pair in _children(node) if pair[0] == key), None)
        if found is None:
            break
        _, line, node = found
    return line, node


def _children(node: Node | None) -> Iterable[tuple[str | int, int, Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key.value, key.start_mark.line + 1, value
    elif isinstance(node, SequenceNode):
        for number, value in enumerate(node.value):
            yield number, value.start_mark.line + 1, value


def _keys(model: type[BaseModel], path: Iterable[str | int]) -> list[str]:
    """The keys that a model knows at a path; numbers and names in between are passed over."""
    models = [model]
    for part in path:
        fields = [
            field
            for each in models
            for name, field in each.model_fields.items()
            if part in (name, field.alias)
        ]
        if fields:
            models = [found for field in fields for found in _models(field.annotation)]
    return [field.alias or name for each in models for name, field in each.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)


class _Parser(YAML):
    """A parser of YAML 1.2, the fast one where its extension is installed."""

    def official_plug_ins(self) -> list[str]:
        # The library would search its folders for each text, and ships no plug-ins.
        return []


def _yaml() -> Any:
    return _Parser(typ="safe", pure=not ruamel.yaml.__with_libyaml__)


def _document(text: str, path: str) -> Any:
    # A lone surrogate has no UTF-8 form; the parser refuses it below, this line only measures.
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise RuleError(path, f"larger than {MAX_BYTES // 1024} KiB")
    try:
        return _Builder(text, path).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context or "not valid YAML").split("\n")[0]
        line = mark.line + 1 if mark else None
        lines = text.split("\n")
        if mark and mark.line < len(lines) and (braces := _BRACES.search(lines[mark.line])):
            problem = _quotes_needed(braces[1])
        raise RuleError(path, problem, line) from None
    except (YAMLError, ValueError, RecursionError) as error:
        problem = str(error).split("\n")[0]
        raise RuleError(path, f"not valid YAML: {problem}") from None


def _quotes_needed(braces: str) -> str:
    return f"put the text in quotes: it begins with {braces}"


class _Builder:
    """Builds the one document of a text from its events, and refuses what people rarely mean."""

    def __init__(self, text: str, path: str) -> None:
        self._path = path
        self._events: Iterator[Any] = iter(_yaml().parse(text))

    def document(self) -> Any:
        """Return the document's value; nothing for an empty text."""
        next(self._events)  # the start of the stream
        start = next(self._events)
        if isinstance(start, StreamEndEvent):
            return None
        # "%YAML 1.1" would promise that a bare no or on is false; _scalar knows YAML 1.2 only.
        if start.version or start.tags:
            raise RuleError(self._path, "directives (%) are not supported", 1)
        value = self._value(next(self._events), _STREAM_AND_DOCUMENT)
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                raise self._refused("more than one document", event)
        return value

    def _value(self, event: Any, depth: int) -> Any:
        # Nine lines of aliases can stand for a billion values ("billion laughs").
        if type(event) is AliasEvent or event.anchor:
            raise self._refused("anchors and aliases are not supported", event)
        # A tag chooses a constructor: "!!python/..." has run code in other readers.
        if event.tag:
            raise self._refused("tags are not supported", event)
        # Quoted text stays text: implicit is true for what bears neither quotes nor a tag.
        if type(event) is ScalarEvent:
            return _scalar(event.value) if event.implicit[0] else event.value
        if depth >= MAX_DEPTH:
            raise self._refused(f"nested deeper than {MAX_DEPTH} levels", event)
        if type(event) is SequenceStartEvent:
            return self._sequence(depth + 1)
        return self._mapping(depth + 1)

    def _sequence(self, depth: int) -> list[Any]:
        values = []
        while type(event := next(self._events)) is not SequenceEndEvent:
            values.append(self._value(event, depth))
        return values

    def _mapping(self, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while type(event := next(self._events)) is not MappingEndEvent:
            if type(event) is not ScalarEvent:
                raise self._not_a_key(event)
            # YAML 1.2 dropped merge keys and most readers still merge: it would mean two things.
            if event.value == "<<":
                raise self._refused("merge keys (<<) are not supported", event)
            # A key such as 2016 reads as a number; models know their keys as texts.
            key = str(self._value(event, depth))
            # Many readers keep the last of two and lose the first without a word.
            if key in values:
                raise self._refused(f"duplicate key {key!r}", event)
            values[key] = self._value(next(self._events), depth)
        return values

    def _not_a_key(self, event: Any) -> RuleError:
        # YAML takes {{ name }} without quotes for a mapping whose key is a mapping.
        if type(event) is MappingStartEvent and event.flow_style:
            return self._refused(_quotes_needed("{{"), event)
        if type(event) is AliasEvent or event.anchor:
            return self._refused("anchors and aliases are not supported", event)
        return self._refused("a key must be one word or text", event)

    def _refused(self, problem: str, event: Any) -> RuleError:
        return RuleError(self._path, problem, event.start_mark.line + 1)


_SCHEMA = YAML(typ="safe", pure=True)


@lru_cache(maxsize=4096)
def _scalar(text: str) -> Any:
    """Return what an unquoted text stands for by YAML 1.2: a number, yes or no, nothing or itself.

    Days and times stay as they are written: the model judges them, with their line.
    """
    tag = _SCHEMA.resolver.resolve(ScalarNode, text, (True, False))
    construct = _CONSTRUCT.get(str(tag).rpartition(":")[2])
    return construct(_SCHEMA.constructor, ScalarNode(tag, text)) if construct else text


_CONSTRUCT = {
    "null": SafeConstructor.construct_yaml_null,
    "bool": SafeConstructor.construct_yaml_bool,
    "int": SafeConstructor.construct_yaml_int,
    "float": SafeConstructor.construct_yaml_float,
}
