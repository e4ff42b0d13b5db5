"""Reading YAML that people write: no aliases, tags or surprises, and every error with its line."""

from collections.abc import Iterable
from typing import Any, TypeVar

import ruamel.yaml
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, DocumentStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from casaudit.errors import RuleError

MAX_BYTES = 1 << 20
MAX_DEPTH = 20

M = TypeVar("M", bound=BaseModel)


class _DaysAsText(SafeConstructor):
    """Leaves days and times as they are written: the model judges them, with their line."""


_DaysAsText.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def read(text: str, path: str, model: type[M]) -> M:
    """Read one YAML document into a strict model.

    Raises:
        RuleError: with the line of the offending key where it is known; a key that is misspelt
            comes before the one that is missing for it.
    """
    document = _document(text, path)
    try:
        return model.model_validate(_plain(document))
    except ValidationError as error:
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        where = ".".join(str(part) for part in first["loc"]) or "document"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        line = line_of(text, *first["loc"])
        raise RuleError(path, f"{where}: {first['msg']}{more}", line) from None


def line_of(text: str, *keys: str | int) -> int | None:
    """Return the line of a key, or of the nearest one above it, in a document that can be read."""
    return _found(text, keys)[0]


def lines_below(text: str, *keys: str | int) -> list[int]:
    """Return the line of each key or element below a key, in a document that can be read."""
    return [line for _, line, _ in _children(_found(text, keys)[1])]


def _found(text: str, keys: Iterable[str | int]) -> tuple[int | None, Node | None]:
    node: Node | None = _yaml().compose(text)
    line = None
    for key in keys:
        found = next((pair for pair in _children(node) if pair[0] == key), None)
        if found is None:
            break
        _, line, node = found
    return line, node


def _yaml() -> Any:
    """Return a parser of YAML 1.2, the fast one where its extension is installed."""
    parser = YAML(typ="safe", pure=not ruamel.yaml.__with_libyaml__)
    parser.Constructor = _DaysAsText
    return parser


def _document(text: str, path: str) -> Any:
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise RuleError(path, f"larger than {MAX_BYTES // 1024} KiB")
    try:
        _refuse_tricks(text, path)
        return _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context or "not valid YAML").split("\n")[0]
        raise RuleError(path, problem, mark.line + 1 if mark else None) from None
    except (YAMLError, ValueError, RecursionError) as error:
        problem = str(error).split("\n")[0]
        raise RuleError(path, f"not valid YAML: {problem}") from None


def _refuse_tricks(text: str, path: str) -> None:
    depth, documents = 0, 0
    for event in _yaml().parse(text):
        line = event.start_mark.line + 1
        documents += isinstance(event, DocumentStartEvent)
        if documents > 1:
            raise RuleError(path, "more than one document", line)
        if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
            raise RuleError(path, "directives (%) are not supported", 1)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise RuleError(path, "anchors and aliases are not supported", line)
        if isinstance(event, NodeEvent) and getattr(event, "tag", None):
            raise RuleError(path, "tags are not supported", line)
        if getattr(event, "value", None) == "<<":
            raise RuleError(path, "merge keys (<<) are not supported", line)
        depth += type(event).__name__.endswith("StartEvent")
        depth -= type(event).__name__.endswith("EndEvent")
        if depth > MAX_DEPTH:
            raise RuleError(path, f"nested deeper than {MAX_DEPTH} levels", line)


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(each) for each in node]
    return node


def _children(node: Node | None) -> Iterable[tuple[str | int, int, Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key.value, key.start_mark.line + 1, value
    elif isinstance(node, SequenceNode):
        for number, value in enumerate(node.value):
            yield number, value.start_mark.line + 1, value
