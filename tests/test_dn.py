"""Distinguished names: taken apart at the right commas, equal names are equal texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.dn import container, is_below, name, norm_dn, parent, rdns

VALUE = st.text(st.characters(exclude_categories=["Cs", "Zs", "Cc"]), min_size=1, max_size=20)
PATH = st.lists(VALUE, min_size=1, max_size=6)


def written(values: list[str]) -> str:
    escaped = (value.replace("\\", "\\\\").replace(",", "\\,") for value in values)
    return ",".join(f"CN={value}" for value in escaped)


@given(PATH)
def test_every_level_is_found_whatever_the_names_hold(values: list[str]) -> None:
    dn = written(values)
    assert len(rdns(dn)) == len(values)
    assert [name(dn), *(name(parent(dn, up)) for up in range(1, len(values)))] == values
    assert parent(dn, len(values)) == ""


@given(PATH)
def test_case_and_white_space_between_names_make_no_difference(values: list[str]) -> None:
    dn = written(values)
    assert norm_dn(dn.replace(",CN=", ", cn=")) == norm_dn(dn)
    assert norm_dn(norm_dn(dn)) == norm_dn(dn)


@given(st.text(max_size=60))
def test_no_text_makes_a_name_endless_or_fails(text: str) -> None:
    steps = [text]
    while steps[-1]:
        steps.append(parent(steps[-1]))
        assert len(steps[-1]) < len(steps[-2])
    assert norm_dn(text) == norm_dn(norm_dn(text))


@pytest.mark.parametrize(
    ("dn", "wanted"),
    [
        (r"CN=Smith\, John,CN=Servers", "Smith, John"),
        (r"CN=Smith\2C John,CN=Servers", "Smith, John"),
        (r"CN=DB1\0ACNF:6f1f,CN=Databases", "DB1\nCNF:6f1f"),
        (r"CN=B\C3\A4r,CN=Servers", "Bär"),
        ("CN=a=b,CN=Servers", "a=b"),
        ("", ""),
    ],
)
def test_a_name_is_shown_without_escapes(dn: str, wanted: str) -> None:
    assert name(dn) == wanted


def test_two_ways_to_escape_are_one_name() -> None:
    assert norm_dn(r"CN=a\2Cb,DC=X") == norm_dn(r"cn=A\,B,dc=x")


def test_the_container_is_the_object_above() -> None:
    assert container("CN=EX1,CN=Servers,CN=Group") == "servers"


@pytest.mark.parametrize(
    ("dn", "base", "wanted"),
    [
        ("cn=a,dc=x", "dc=x", True),
        ("dc=x", "dc=x", True),
        ("cn=a,dc=xx", "dc=x", False),
        ("cn=adc=x", "dc=x", False),
        ("cn=a", "", True),
    ],
)
def test_below_means_at_a_comma(dn: str, base: str, wanted: bool) -> None:
    assert is_below(dn, base) is wanted
