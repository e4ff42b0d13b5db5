"""RpcClientAccessServer comes out of legacyExchangeDN as it went in, and out of nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.collect.exchange import legacy_dn

VALUE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1)
KIND = st.sampled_from(["o", "O", "ou", "OU", "cn", "CN", "Cn", "guid", "GUID"])
PARTS = st.lists(st.tuples(KIND, VALUE), min_size=1, max_size=6)
SUFFIX = st.sampled_from(
    ["/cn=Microsoft Private MDB", "/cn=Microsoft Public MDB", "/CN=MICROSOFT PRIVATE mdb"]
)


def written(parts: list[tuple[str, str]]) -> str:
    return "".join(f"/{kind}={value}" for kind, value in parts)


@given(PARTS)
def test_parts_are_read_as_they_were_written(parts: list[tuple[str, str]]) -> None:
    assert legacy_dn.parts(written(parts)) == tuple((kind.lower(), value) for kind, value in parts)


@given(PARTS, SUFFIX)
def test_the_endpoint_is_what_stands_before_the_suffix(
    parts: list[tuple[str, str]], suffix: str
) -> None:
    target = written(parts)
    assert legacy_dn.endpoint(target + suffix) == target
    assert legacy_dn.last_name(target) == parts[-1][1]


@given(st.text())
def test_any_text_gives_an_endpoint_of_itself_or_none(text: str) -> None:
    found = legacy_dn.endpoint(text)
    assert found is None or text.startswith(found)


@pytest.mark.parametrize(
    "text",
    {
        "nothing": "",
        "no slash in front": "o=Contoso/cn=Microsoft Private MDB",
        "the suffix alone": "/cn=Microsoft Private MDB",
        "another suffix": "/o=Contoso/cn=Servers/cn=EX1/cn=Microsoft MTA",
        "another type of the last part": "/o=Contoso/cn=EX1/ou=Microsoft Private MDB",
        "an unknown type": "/o=Contoso/x=EX1/cn=Microsoft Private MDB",
        "an empty value": "/o=/cn=EX1/cn=Microsoft Private MDB",
        "a slash in a name": "/o=Contoso/cn=EX/1/cn=Microsoft Private MDB",
        "something after the suffix": "/o=Contoso/cn=EX1/cn=Microsoft Private MDB/cn=x",
    }.values(),
)
def test_other_forms_have_no_endpoint(text: str) -> None:
    assert legacy_dn.endpoint(text) is None


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        ("outlook.corp.example", True),
        ("outlook.corp.example.", True),
        ("HO-EX1", False),
        ("EX1.", False),
        (".example", False),
        ("Version 1.0 server", False),
    ],
)
def test_a_host_name_has_two_labels_and_no_space(last: str, wanted: bool) -> None:
    assert legacy_dn.names_a_host(f"/o=Contoso/cn=Servers/cn={last}") is wanted
