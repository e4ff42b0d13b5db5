"""YAML that people write is refused with file and line wherever it could mean something else."""

import json
from datetime import date
from typing import Any

import pytest
import ruamel.yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from casaudit.errors import RuleError
from casaudit.rulebook.rule import Rule
from casaudit.strict_yaml import MAX_BYTES, MAX_DEPTH, line_of, lines_below, read
from tests.support.shipped_rules import book

PATH = "rules/x.yaml"


class Inner(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    text: str = ""
    number: int = 0


class Outer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    inner: Inner | None = None
    several: tuple[Inner, ...] = ()
    anything: Any = None
    day: date | None = None


REFUSED = {
    "an alias": ("name: x\nanything: [&a 1, *a]\n", 2, "anchors and aliases"),
    "an anchor without an alias": ("name: &a x\n", 1, "anchors and aliases"),
    "a merge": ("name: x\nanything: &a {b: 1}\ninner:\n  <<: *a\n", 2, "anchors and aliases"),
    "a merge key without an alias": (
        "name: x\ninner:\n  <<: {text: y}\n",
        3,
        "merge keys (<<) are not supported",
    ),
    "a tag": ("name: x\ninner: !evil {text: y}\n", 2, "tags are not supported"),
    "a Python object": ("name: !!python/object/apply:os.system [x]\n", 1, "tags are not supported"),
    "a plain tag of YAML": ("name: x\nanything: !!str 1\n", 2, "tags are not supported"),
    "a duplicate key": ("name: x\nname: y\n", 2, "duplicate key"),
    "a duplicate key below": ("name: x\ninner:\n  text: y\n  text: z\n", 4, "duplicate key"),
    "a second document": ("name: x\n---\nname: y\n", 2, "more than one document"),
    "an unknown key": ("name: x\nnaem: y\n", 2, "unknown key 'naem': did you mean 'name'?"),
    "an unknown key below": (
        "name: x\nseveral:\n  - {text: y}\n  - text: z\n    txet: z\n",
        5,
        "several.1: unknown key 'txet': did you mean 'text'?",
    ),
    "a number where text belongs": ("name: 12\n", 1, "name: must be text"),
    "an octal where text belongs": ("name: 0777\n", 1, "name: must be text"),
    "a text where a number belongs": ("name: x\ninner: {number: y}\n", 2, "inner.number"),
    "a key like no other": ("name: x\nzzz: y\n", 2, "unknown key 'zzz'"),
    "a template without quotes": (
        "name: {{ x }}\n",
        1,
        "put the text in quotes: it begins with {{",
    ),
    "a template and more": ("name: {{ x }} is\n", 1, "put the text in quotes: it begins with {{"),
    "a template in a list": ("anything:\n  - {{ x }}\n", 2, "it begins with {{"),
    "a template in braces": ("inner: {text: {{ x }}}\n", 1, "it begins with {{"),
    "a condition without quotes": ("name: {% if x %}\n", 1, "in quotes: it begins with {%"),
    "a list as key": ("? [a]\n: b\n", 1, "a key must be one word"),
    "a key twice, as number and text": ("anything: {1: a, '1': b}\n", 1, "duplicate key '1'"),
    "a missing key": ("inner: {text: y}\n", None, "name: is missing"),
    "a list at the top": ("- name: x\n", None, "document: must be keys with values"),
    "nothing": ("", None, "document: must be keys with values"),
    "an open bracket": ("name: x\ninner: {text: y\n", 3, "expected"),
    "an open quote": ("name: x\ninner: 'y\n", 3, "found unexpected end of stream"),
    "a tab as indentation": ("name: x\ninner:\n\ttext: y\n", 3, "cannot start any token"),
    "a control character": ("name: x\x07\n", None, "characters are not allowed"),
    "another version of YAML": ("%YAML 1.1\n---\nname: no\n", 1, "directives (%) are not supp"),
    "a prefix for tags": ("%TAG ! x\n---\nname: x\n", 1, "directives (%) are not supported"),
    "a day that does not exist": (
        "name: x\nday: 2026-13-45\n",
        2,
        "day: must be a day",
    ),
    "more levels than anybody writes": ("name: x\nanything: " + "[" * 30 + "]" * 30, 2, "nested"),
    "more levels than the parser has": ("[" * 50_000, 1, "nested deeper"),
    "more bytes than anybody writes": ("name: " + "x" * MAX_BYTES, None, "larger than 1024 KiB"),
}


@pytest.fixture(params=[True, False], ids=["libyaml", "pure Python"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with the extension, which not every machine has, and without."""
    if request.param and not ruamel.yaml.__with_libyaml__:
        pytest.skip("ruamel.yaml's extension is not installed")
    monkeypatch.setattr(ruamel.yaml, "__with_libyaml__", request.param)


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_file_and_line(what: str) -> None:
    text, line, problem = REFUSED[what]
    with pytest.raises(RuleError) as caught:
        read(text, PATH, Outer)
    assert caught.value.path == PATH
    assert problem in caught.value.problem
    if line is not None:
        assert caught.value.subject == f"{PATH}:{line}"


@pytest.mark.usefixtures("reader")
def test_the_depth_that_is_allowed_can_be_used() -> None:
    levels = MAX_DEPTH - 3  # the stream, the document and the mapping
    text = "name: x\nanything: " + "[" * levels + "]" * levels
    assert read(text, PATH, Outer).name == "x"
    with pytest.raises(RuleError, match="nested deeper than 20 levels"):
        read("name: x\nanything: " + "[" * (levels + 1) + "]" * (levels + 1), PATH, Outer)


def test_several_problems_are_counted() -> None:
    with pytest.raises(RuleError, match=r"did you mean 'name'\? \(and 1 more\)"):
        read("naem: y\n", PATH, Outer)


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "NO", "n", "~x", "1:30"])
def test_words_that_other_readers_take_for_something_else_stay_text(word: str) -> None:
    assert read(f"name: {word}\n", PATH, Outer).name == word


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("moment", ["2026-12-31", "2026-12-31T00:00:00Z", "2026-12-31 6:00:00"])
def test_a_day_or_time_is_the_text_that_was_written(moment: str) -> None:
    assert read(f"name: x\nanything: {moment}\n", PATH, Outer).anything == moment


@pytest.mark.usefixtures("reader")
def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    assert read("\ufeffname: x\r\ninner:\r\n  text: y\r\n", PATH, Outer).inner == Inner(text="y")


@pytest.mark.usefixtures("reader")
def test_the_line_of_a_key_is_found_again() -> None:
    text = "name: x\nseveral:\n  - text: y\n  - text: z\n    number: 2\n"
    assert line_of(text, "several", 1, "number") == 5
    assert line_of(text, "several", 1, "nothing") == 4
    assert line_of(text, "nothing") is None


def test_the_lines_of_all_elements_are_found_at_once() -> None:
    text = "name: x\nseveral:\n  - text: y\n\n  - text: z\n    number: 2\n"
    assert lines_below(text, "several") == [3, 5]
    assert lines_below(text, "several", 1) == [5, 6]
    assert lines_below(text, "name") == []


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text, PATH, Outer)
    except RuleError as error:
        assert error.path == PATH


@given(st.text(alphabet="ab:- {}[],&*!|>'\"\n#%@?", max_size=60))
def test_any_structure_is_read_or_refused(text: str) -> None:
    try:
        read(text, PATH, Outer)
    except RuleError as error:
        assert error.path == PATH


@pytest.mark.slow
def test_every_shipped_rule_reads_the_same_with_the_pure_reader() -> None:
    plain = YAML(typ="rt", pure=True)
    for rule in book().rules:
        document = plain.load(book().paths[rule.id].read_text(encoding="utf-8"))
        with_days_as_text = json.loads(json.dumps(document, default=str))
        assert Rule.model_validate(with_days_as_text) == rule
