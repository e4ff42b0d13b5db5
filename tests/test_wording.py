"""Messages and commands: what is quoted, what is refused, and what a template may not do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.errors import RuleError
from casaudit.powershell import MAX_LITERAL, Identity, UnsafeValueError, literal, quote
from casaudit.rulebook.templates import Wording, shown
from casaudit.text import UNSAFE
from tests.support.powershell import QUOTES, Script, errors, literals, taken_apart

GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
UNSAFE_CHARACTERS = [chr(code) for code in range(0x10000) if UNSAFE.match(chr(code))]
HARMLESS = st.text(
    st.one_of(st.sampled_from(QUOTES + '"`$(){};#&|\\%@, '), st.characters()), max_size=40
).filter(lambda text: not UNSAFE.search(text))


@given(HARMLESS)
def test_a_quoted_text_reads_back_as_itself_and_ends_where_it_should(text: str) -> None:
    source = f"Get-Item -Identity {quote(text)} -WhatIf"
    assert taken_apart(source) == Script((text,), "Get-Item -Identity <> -WhatIf")


@given(HARMLESS.filter(lambda text: not set(text) & set(QUOTES[1:])))
def test_the_grammar_sees_one_string_too(text: str) -> None:
    source = f"Get-Item -Identity {quote(text)} -WhatIf"
    assert errors(source) == []
    assert literals(source) == (quote(text),)


@pytest.mark.parametrize("mark", QUOTES, ids=lambda mark: f"U+{ord(mark):04X}")
def test_each_character_that_acts_as_a_quote_is_doubled_with_itself(mark: str) -> None:
    assert quote(f"a{mark}; Remove-Mailbox b{mark}") == f"'a{mark * 2}; Remove-Mailbox b{mark * 2}'"


@pytest.mark.parametrize("first", QUOTES)
@pytest.mark.parametrize("second", QUOTES)
def test_two_different_quotes_in_a_row_stay_two(first: str, second: str) -> None:
    assert taken_apart(quote(f"{first}{second}")).strings == (f"{first}{second}",)


@given(st.lists(HARMLESS, min_size=1, max_size=5))
def test_a_list_is_a_comma_separated_list_of_strings(texts: list[str]) -> None:
    script = taken_apart(literal(texts))
    assert script == Script(tuple(texts), ",".join(["<>"] * len(texts)))


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (True, "$true"),
        (False, "$false"),
        (300, "300"),
        ([], "@()"),
        ("", "''"),
        ("300", "'300'"),
        ("$true", "'$true'"),
        (1.5, "'1.5'"),
    ],
)
def test_values_that_are_no_text_have_a_form_of_their_own(value: object, source: str) -> None:
    assert literal(value) == source


@given(st.sampled_from(UNSAFE_CHARACTERS), HARMLESS, HARMLESS)
def test_a_control_character_gives_no_command(bad: str, before: str, after: str) -> None:
    with pytest.raises(UnsafeValueError):
        quote(before + bad + after)


def test_line_breaks_escapes_and_reordering_marks_are_among_them() -> None:
    known = "\r\n\t\x1b\x00\x7f\x85\u2028\u2029\u202e\u200b\ufeff\ud800"
    assert set(known) <= set(UNSAFE_CHARACTERS)


def test_the_error_shows_the_character_instead_of_sending_it() -> None:
    with pytest.raises(UnsafeValueError, match=re.escape("DB⟦U+000D⟧Remove-Mailbox")):
        quote("DB\rRemove-Mailbox")


def test_a_text_that_is_too_long_to_be_a_name_gives_no_command() -> None:
    assert taken_apart(quote("x" * MAX_LITERAL)).strings == ("x" * MAX_LITERAL,)
    with pytest.raises(UnsafeValueError, match="longer than"):
        quote("x" * (MAX_LITERAL + 1))


def test_a_value_that_is_not_known_gives_no_command() -> None:
    with pytest.raises(UnsafeValueError, match="not known"):
        literal(["a", None])


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("MB-HO-01", "'MB-HO-01'"),
        ("BJ CAS Array", "'BJ CAS Array'"),
        (r"EX1\owa (Default Web Site)", r"'EX1\owa (Default Web Site)'"),
        ("DB*", f"'{GUID}'"),
        ("Größe", f"'{GUID}'"),
        ("営業", f"'{GUID}'"),
        ("x'; Remove-Mailbox y", f"'{GUID}'"),
        ("line\rbreak", f"'{GUID}'"),
        ("x" * 65, f"'{GUID}'"),
        ("", f"'{GUID}'"),
    ],
)
def test_an_object_is_named_plainly_or_by_its_guid(name: str, source: str) -> None:
    assert literal(Identity(name, GUID.upper())) == source


@pytest.mark.parametrize("key", ["", "not a guid", GUID + "\r", f"{GUID}'"])
def test_an_object_with_neither_is_left_to_the_hands_of_a_person(key: str) -> None:
    with pytest.raises(UnsafeValueError, match="cannot be named safely"):
        literal(Identity("DB*", key))


@given(HARMLESS)
def test_an_objects_name_as_a_value_is_quoted_like_any_text(name: str) -> None:
    source = Wording().commands("-Name {{ a | exact }}", {"a": Identity(name, GUID)})
    assert taken_apart(source) == Script((name,), "-Name <>")


FORBIDDEN = {
    "a call": ("{{ a() }}", "Call"),
    "an attribute": ("{{ a.name }}", "Getattr"),
    "an item": ("{{ a[0] }}", "Getitem"),
    "an attribute written as an item": ("{{ a['__class__'] }}", "Getitem"),
    "a slice": ("{{ a[1:2] }}", "Getitem"),
    "a loop": ("{% for b in a %}{{ a }}{% endfor %}", "For"),
    "an assignment": ("{% set b = a %}", "Assign"),
    "a block assignment": ("{% set b %}x{% endset %}", "AssignBlock"),
    "a macro": ("{% macro m() %}x{% endmacro %}", "Macro"),
    "a call block": ("{% call a() %}x{% endcall %}", "CallBlock"),
    "a filter block": ("{% filter exact %}x{% endfilter %}", "FilterBlock"),
    "an include": ("{% include 'x' %}", "Include"),
    "an import": ("{% import 'x' as y %}", "Import"),
    "an import of names": ("{% from 'x' import y %}", "FromImport"),
    "an inheritance": ("{% extends 'x' %}", "Extends"),
    "a block": ("{% block b %}x{% endblock %}", "Block"),
    "a scope": ("{% with b = 1 %}x{% endwith %}", "With"),
    "an addition": ("{{ a + a }}", "Add"),
    "a multiplication": ("{{ a * 9 }}", "Mul"),
    "a power": ("{{ 9 ** 9 }}", "Pow"),
    "a division": ("{{ 1 / 0 }}", "Div"),
    "a negation of a number": ("{{ -a }}", "Neg"),
    "texts put together": ("{{ a ~ a }}", "Concat"),
    "a conditional expression": ("{{ a if a else a }}", "CondExpr"),
    "a list": ("{{ [a] }}", "List"),
    "a tuple": ("{{ (a, a) }}", "Tuple"),
    "a dictionary": ("{{ {'a': a} }}", "Dict"),
    "a test": ("{{ a is defined }}", "Test is not allowed"),
    "a filter that is not ours": ("{{ a | upper }}", "No filter named 'upper'"),
    "a global function": ("{{ range }}", "unknown column 'range'"),
    "a column that is not there": ("{{ b }}", "unknown column 'b'"),
    "a column that is not there in a condition": ("{% if b %}x{% endif %}", "unknown column 'b'"),
    "the template itself": ("{{ self }}", "unknown column 'self'"),
    "an unfinished expression": ("{{ a ", "unexpected end of template"),
    "an unknown tag": ("{% evil %}", "unknown tag 'evil'"),
}


@pytest.mark.parametrize("commands", [True, False], ids=["commands", "message"])
@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_template_may_not_use(what: str, commands: bool) -> None:
    template, reason = FORBIDDEN[what]
    with pytest.raises(RuleError) as caught:
        Wording().check(template, {"a"}, "x.yaml", commands=commands)
    assert caught.value.path == "x.yaml"
    assert reason in caught.value.problem


def test_a_template_may_use_values_filters_and_conditions() -> None:
    template = "{% if a != none and not b %}{{ a | day }}{% else %}{{ c | whole }}{% endif %}"
    assert Wording().check(template, {"a", "b", "c"}, "x", commands=False) == {"a", "b", "c"}


def test_a_constant_of_a_template_is_quoted_like_a_value() -> None:
    assert Wording().commands("-Name {{ 'x; y' }}", {}) == "-Name 'x; y'"


def test_a_value_that_looks_like_a_template_stays_text() -> None:
    source = Wording().commands("-Name {{ a }}", {"a": "{{ 7 * 7 }}{% for %}"})
    assert source == "-Name '{{ 7 * 7 }}{% for %}'"


def test_a_message_shows_lists_truth_and_absence_in_words() -> None:
    row = {"a": [Identity("EX1", ""), "EX2"], "b": True, "c": None, "d": [], "e": 29.9}
    text = Wording().message("{{ a }}; {{ b }}; {{ c }}; {{ d }}; {{ e | whole }}", row)
    assert text == "EX1, EX2; yes; not known; none; 29"


@given(st.text(max_size=30))
def test_a_message_carries_no_control_character(text: str) -> None:
    message = Wording().message("{{ a }} and {{ b }}", {"a": text, "b": [Identity(text, "")]})
    assert UNSAFE.search(message) is None


def test_a_message_that_is_too_long_is_cut_and_says_so() -> None:
    message = Wording().message("{{ a }}", {"a": "word " * 1_000})
    assert len(message) == 2_000
    assert message.endswith("…")


def test_a_command_that_is_too_long_to_paste_is_refused() -> None:
    with pytest.raises(UnsafeValueError, match="too long"):
        Wording().commands("{{ a }}", {"a": ["x" * 1_000] * 201})


@given(st.text(max_size=20))
def test_what_is_shown_of_a_text_reads_the_same_twice(text: str) -> None:
    assert shown(shown(text)) == shown(text)
