"""The part of PowerShell that fix cards are written in, run in Python over the cmdlets.

What it does not know it refuses: a block that is run here is run whole.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tree_sitter import Node

from tests.shell.cmdlets import CMDLETS, Exchange, ShellError, Shown
from tests.shell.values import cast, joined, member, one_or_all, several, truth
from tests.support.exchange_commands import COMMANDS, command_name
from tests.support.powershell import text_of, tree

_SWITCHES = {
    *("WhatIf", "NoTypeInformation", "NoClobber", "Status", "GenerateRequest", "Drain", "Recurse"),
    *("IncludeAlternateServiceAccountCredentialStatus", "urlfetch", "debug"),
}
_PASSES = {"Format-List", "Format-Table", "Out-File", "Sort-Object", "Group-Object"}
_CONSTANTS = {"$null": None, "$true": True, "$false": False}


class Session:
    """A session of the shell: its variables, the files that it wrote, and its cmdlets."""

    def __init__(self, exchange: Exchange) -> None:
        """Begin without variables or files."""
        self.exchange = exchange
        self.variables: dict[str, Any] = {}
        self.files: dict[str, list[Shown]] = {}
        self.warnings: list[str] = []
        self.errors: list[str] = []
        self.others: list[str] = []
        # Whether a cmdlet of Exchange waits for what stands behind it in its pipeline.
        self._is_busy = False

    def run(self, source: str) -> None:
        """Run a block, line by line as it is pasted; what the shell refuses stands in ``errors``.

        Raises:
            NotImplementedError: a construct that no card has used yet.
        """
        for line in source.split("\n"):
            if line.strip() and not line.lstrip().startswith("#"):
                self._statements(tree(line))

    def _statements(self, node: Node) -> list[Any]:
        found: list[Any] = []
        for each in node.children:
            match each.type:
                case "comment" | ";" | "{" | "}" | "empty_statement":
                    continue
                case "statement_list" | "script_block" | "script_block_body" | "statement_block":
                    found += self._statements(each)
                case _:
                    found += self._statement(each)
        return found

    def _statement(self, node: Node) -> list[Any]:
        node = _inner(node)
        match node.type:
            case "comment":
                return []
            case "assignment_expression":
                self._assign(node)
                return []
            case "if_statement":
                return self._if(node)
            case "pipeline_chain":
                return self._pipeline([e for e in node.children if e.type != "|"])
            case "command":
                return self._command(node, [])
        return several(self._value(node))

    def _if(self, node: Node) -> list[Any]:
        condition, body = node.children[2], node.children[4]
        if truth(self._value(condition)):
            return self._statements(body)
        for clause in node.children[5:]:
            return self._statements(_inner(clause).children[1])
        return []

    def _assign(self, node: Node) -> None:
        target, value = _inner(node.children[0]), self._value(node.children[2])
        match target.type:
            case "variable":
                self.variables[text_of(target).lower()] = value
            case "member_access":
                self._value(target.children[0])[text_of(target.children[2])] = value
            case "array_literal_expression":
                names = [each for each in target.children if each.type != ","]
                for name, each in zip(names, value, strict=True):
                    self.variables[text_of(name).lower()] = each
            case kind:
                raise NotImplementedError(f"an assignment to {kind}")

    def _pipeline(self, stages: Sequence[Node]) -> list[Any]:
        was_busy, passed = self._is_busy, self._first(stages[0])
        for before, stage in pairwise(stages):
            # What a cmdlet of Exchange still sends keeps its session busy for those behind it.
            self._is_busy = self._is_busy or _sends(before)
            passed = self._command(_inner(stage), passed)
        self._is_busy = was_busy
        return passed

    def _first(self, node: Node) -> list[Any]:
        node = _inner(node)
        return self._command(node, []) if node.type == "command" else several(self._value(node))

    def _command(self, node: Node, passed: list[Any]) -> list[Any]:
        # An error ends its own command, and not the block.
        try:
            return self._ran(text_of(_inner(node.children[0])), node, passed)
        except ShellError as error:
            self.errors.append(str(error))
            return []

    def _ran(self, name: str, node: Node, passed: list[Any]) -> list[Any]:
        given, words = self._arguments(node)
        if name in CMDLETS:
            if self._is_busy:
                raise ShellError(f"{name}: pipelines cannot be executed concurrently")
            if words:
                given = {CMDLETS[name].key: words[0], **given}
            return list(self.exchange.run(name, given))
        if name in _OWN:
            return _OWN[name](self, given, words, passed)
        if name in _PASSES:
            return []
        known = COMMANDS[command_name(name, [f"-{each}" for each in given], text_of(node))]
        if given.get("WhatIf") and known.does == "looks":
            raise ShellError(f"{name} has no -WhatIf")
        self.others.append(known.name + (" -WhatIf" if given.get("WhatIf") else ""))
        return []

    def _arguments(self, node: Node) -> tuple[dict[str, Any], list[Any]]:
        given: dict[str, Any] = {}
        words: list[Any] = []
        name = ""
        for each in _elements(node):
            text = text_of(each)
            if each.type == "command_parameter":
                name = text.removeprefix("-").rstrip(":")
                given[name] = True
            elif text.startswith("@") and each.type == "variable":
                given |= self.variables["$" + text[1:].lower()]
            elif each.type != ":":
                value = self._value(each)
                if name and (name not in _SWITCHES or not _is_before(each, ":")):
                    given[name] = value
                else:
                    words.append(value)
                name = ""
        return given, words

    def block(self, node: Node, item: Any) -> list[Any]:
        """Run a script block for one object of a pipeline."""
        outer = self.variables.get("$_")
        self.variables["$_"] = item
        found = self._statements(node)
        self.variables["$_"] = outer
        return found

    def _value(self, node: Node) -> Any:
        node = _inner(node)
        children = [each for each in node.children if each.type not in {"(", ")", "@(", ","}]
        match node.type:
            case "variable" | "$_" | "braced_variable":
                name = text_of(node).lower()
                return _CONSTANTS[name] if name in _CONSTANTS else self.variables.get(name)
            case "verbatim_string_characters":
                return text_of(node)[1:-1].replace("''", "'")
            case "decimal_integer_literal":
                return int(text_of(node))
            case "generic_token" | "command_name" | "simple_name" | "path_command_name_token":
                # The parser is given a list of bare words with a line between them.
                text = text_of(node)
                listed = re.fullmatch(r"[A-Za-z]+(_[A-Za-z]+)+", text)
                return text.split("_") if listed else text
            case "array_literal_expression":
                return [self._value(each) for each in children]
            case "array_expression":
                return [each for part in children for each in self._statement(part)]
            case "parenthesized_expression":
                return one_or_all([each for part in children for each in self._statement(part)])
            case "script_block_expression":
                return node
            case "hash_literal_expression":
                return dict(self._entry(each) for each in _entries(node))
            case "cast_expression":
                return cast(text_of(node.children[0]), self._value(node.children[1]))
            case "member_access":
                return member(self._value(node.children[0]), text_of(node.children[2]))
            case "element_access":
                return self._value(node.children[0])[self._value(node.children[2])]
            case "invokation_expression":
                return self._invoked(node)
            case "unary_expression" | "expression_with_unary_operator":
                if text_of(node.children[0]).lower() in {"-not", "!"}:
                    return not truth(self._value(node.children[1]))
            case "additive_expression" | "comparison_expression" | "logical_expression":
                one, sign, other = node.children
                return joined(text_of(sign).lower(), self._value(one), lambda: self._value(other))
            case "pipeline_chain" | "command" | "assignment_expression" | "if_statement":
                return one_or_all(self._statement(node))
        raise NotImplementedError(f"{node.type}: {text_of(node)}")

    def _entry(self, node: Node) -> tuple[str, Any]:
        return text_of(_inner(node.children[0])), self._value(node.children[2])

    def _invoked(self, node: Node) -> Any:
        if text_of(node.children[2]) != "Split":
            raise NotImplementedError(text_of(node))
        (sign,) = re.findall(r"\('(.)'\)", text_of(node.children[3]))
        return str(self._value(node.children[0]) or "").split(sign)


def _inner(node: Node) -> Node:
    """Leave the nodes that hold nothing but one other."""
    while node.child_count == 1 and node.type != "command":
        node = node.children[0]
    return node


def _elements(command: Node) -> list[Node]:
    found = [each for each in command.children if each.type == "command_elements"]
    parts = [_inner(each) for part in found for each in part.children]
    return [each for each in parts if text_of(each).strip()]


def _is_before(node: Node, sign: str) -> bool:
    before = node.prev_sibling or (node.parent.prev_sibling if node.parent else None)
    return before is None or text_of(before) != sign


def _entries(node: Node) -> list[Node]:
    found, left = [], list(node.children)
    while left:
        each = left.pop()
        if each.type == "hash_entry":
            found.append(each)
        else:
            left += each.children
    return found


def _sends(stage: Node) -> bool:
    return any(re.search(rf"\b{name}\b", text_of(stage)) for name in CMDLETS)


Run = Callable[[Session, Mapping[str, Any], list[Any], list[Any]], list[Any]]


def _each(s: Session, given: Mapping[str, Any], words: list[Any], passed: list[Any]) -> list[Any]:
    return [found for item in passed for found in s.block(words[0], item)]


def _where(s: Session, given: Mapping[str, Any], words: list[Any], passed: list[Any]) -> list[Any]:
    return [item for item in passed if truth(one_or_all(s.block(words[0], item)))]


def _select(s: Session, given: Mapping[str, Any], words: list[Any], passed: list[Any]) -> list[Any]:
    return [{name: each.get(name) for name in several(words[0])} for each in passed]


def _keep(s: Session, given: Mapping[str, Any], words: list[Any], passed: list[Any]) -> list[Any]:
    if given.get("NoClobber") and words[0] in s.files:
        raise ShellError(f"{words[0]} exists already")
    s.files[words[0]] = copy.deepcopy(passed)
    return []


def _keep_texts(
    s: Session, given: Mapping[str, Any], words: list[Any], passed: list[Any]
) -> list[Any]:
    texts = [{k: "" if v is None else str(v) for k, v in each.items()} for each in passed]
    return _keep(s, given, words, texts)


def _kept(s: Session, given: Mapping[str, Any], words: list[Any], passed: list[Any]) -> list[Any]:
    if words[0] not in s.files:
        raise ShellError(f"there is no file {words[0]}")
    return copy.deepcopy(s.files[words[0]])


def _warn(s: Session, given: Mapping[str, Any], words: list[Any], passed: list[Any]) -> list[Any]:
    s.warnings.append(str(words[0]))
    return []


_OWN: dict[str, Run] = {
    "ForEach-Object": _each,
    "Where-Object": _where,
    "Select-Object": _select,
    "Export-Clixml": _keep,
    "Export-Csv": _keep_texts,
    "Import-Clixml": _kept,
    "Import-Csv": _kept,
    "Write-Warning": _warn,
    "Test-Path": lambda s, given, words, passed: [False],
}
