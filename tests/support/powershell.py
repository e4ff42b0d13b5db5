"""Reading PowerShell without the product's help: its grammar, and its rule for quoted strings."""

import re
from dataclasses import dataclass
from functools import lru_cache

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

QUOTES = "'\u2018\u2019\u201a\u201b"
"""The characters that PowerShell's tokenizer takes as a single quote."""
DOUBLE_QUOTES = '"\u201c\u201d\u201e'

_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_BARE_WORDS = re.compile(r"(?<= )[A-Za-z]+(,[A-Za-z]+)+(?= |$)", re.MULTILINE)
_PARSER = Parser(Language(tree_sitter_powershell.language()))


@dataclass(frozen=True)
class Script:
    """A script taken apart: its single-quoted strings, and the text around them."""

    strings: tuple[str, ...]
    skeleton: str


def taken_apart(source: str) -> Script:
    """Read a script as the tokenizer does: comments, then strings, a doubled quote being one.

    Of a pair of quotes the tokenizer keeps the second. Double quotes do not occur in commands
    outside of single-quoted strings, so they are refused here.
    """
    strings, skeleton, place = [], [], 0
    while place < len(source):
        character = source[place]
        if character in QUOTES:
            text, place = _string(source, place + 1)
            strings.append(text)
            skeleton.append("<>")
        elif character == "#" and (place == 0 or source[place - 1] in " \n("):
            end = source.find("\n", place)
            end = len(source) if end < 0 else end
            skeleton.append(source[place:end])
            place = end
        else:
            assert character not in DOUBLE_QUOTES, f"a double quote at {place} of {source!r}"
            skeleton.append(character)
            place += 1
    return Script(tuple(strings), "".join(skeleton))


def _string(source: str, place: int) -> tuple[str, int]:
    found: list[str] = []
    while True:
        assert place < len(source), f"a string of {source!r} does not end"
        if source[place] in QUOTES:
            if place + 1 == len(source) or source[place + 1] not in QUOTES:
                return "".join(found), place + 1
            place += 1
        found.append(source[place])
        place += 1


def errors(source: str) -> list[str]:
    """Return what the grammar cannot read; a script of comments alone is no script to it."""
    if not _COMMENT.sub("", source).strip():
        return []
    root = tree(source)
    if not root.has_error:  # of a missing node too
        return []
    return [repr(node) for node in nodes(root) if node.is_error or node.is_missing]


def literals(source: str) -> tuple[str, ...]:
    """Return the single-quoted strings in the parse tree, as they are written."""
    wanted = "verbatim_string_characters"
    return tuple(text_of(node) for node in nodes(tree(source)) if node.type == wanted)


@lru_cache(maxsize=8192)
def commands(source: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each command of a script with its parameters."""
    return tuple(
        (text_of(names[0]), tuple(text_of(each) for each in below(node, "command_parameter")))
        for node in nodes(tree(source))
        if node.type == "command" and (names := below(node, "command_name"))
    )


def pipelines(source: str) -> list[list[list[str]]]:
    """Return each pipeline of several stages, with the commands in each, those in blocks too."""
    found = []
    for node in nodes(tree(source)):
        if node.type == "pipeline_chain":
            stages = [each for each in node.children if each.type != "|"]
            if len(stages) > 1:
                found.append([_names_in(each) for each in stages])
    return found


def _names_in(root: Node) -> list[str]:
    return [text_of(node) for node in nodes(root) if node.type == "command_name"]


def below(command: Node, kind: str) -> list[Node]:
    """The nodes of a kind that belong to this command and not to one in a block of it."""
    found, left = [], list(reversed(command.children))
    while left:
        node = left.pop()
        if node.type == kind:
            found.append(node)
        if node.type != "command":
            left.extend(reversed(node.children))
    return found


def tree(source: str) -> Node:
    """Parse, with two things put in other words that the grammar does not know.

    They are a digit in a parameter's name, and a list of bare words: ``Format-List Name,Fqdn``.
    """
    known = re.sub(r"-IPv[46]Address", "-IPvAddress", source)
    known = _BARE_WORDS.sub(lambda found: found.group().replace(",", "_"), known)
    return _PARSER.parse(known.encode()).root_node


def nodes(root: Node) -> list[Node]:
    """Return every node of a tree, in the order of the text."""
    found, left = [], [root]
    while left:
        node = left.pop()
        found.append(node)
        left.extend(reversed(node.children))
    return found


def text_of(node: Node) -> str:
    """Return what stands there in the source."""
    return (node.text or b"").decode()
