"""Canonical JSON is what the standard library writes with sorted keys and an indent of one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.canonical_json import canonical

ODD = ["", "\ud800", "\x7f", "\u2028", ":1e5"]
TEXT = st.text(st.characters(codec=None)) | st.sampled_from(ODD)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
)


def _as_the_library(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1)
    return f"{text}\n".encode("utf-8", "backslashreplace")


@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_any_document(document: dict[str, Any]) -> None:
    assert canonical(document) == _as_the_library(document)


@pytest.mark.parametrize("length", [0, 1, 499, 500, 501, 1000, 1001])
def test_a_list_of_any_length(length: int) -> None:
    document = {"a": 1, "list": [{"b": [], "a": [n, {"x": None}]} for n in range(length)], "z": {}}
    assert canonical(document) == _as_the_library(document)


def test_a_lone_surrogate_in_one_element_of_a_long_list() -> None:
    document = {"list": [*map(str, range(1200)), "\ud800", 1e-9, 1e300]}
    assert canonical(document) == _as_the_library(document)


def test_objects_are_shaped_when_it_is_their_turn() -> None:
    found = canonical({"sums": [{1, 2}, {3}]}, lambda each: {"of": sorted(each)})
    assert found == _as_the_library({"sums": [{"of": [1, 2]}, {"of": [3]}]})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_of_json_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"value": [value]})
