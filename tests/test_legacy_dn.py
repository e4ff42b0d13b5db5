"""RpcClientAccessServer comes out of legacyExchangeDN as it went in, and out of nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit import legacy_dn
from tests.support.shipped_rules import rows

VALUE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    # A slash and letters before "=" look like another part, and no reader can tell.
    lambda text: not re.search("/[A-Za-z]+=", f"{text}x=")
)
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
        "a slash before what looks like a type": "/o=Contoso/cn=EX/a=1/cn=Microsoft Private MDB",
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


ODD = {
    "an equals sign": "EX=1",
    "several equals signs": "a=b=c",
    "a slash": "EX/1",
    "a slash and an equals sign": "a/1=b",
    "blanks": "  two words ",
    "64 characters": "N" * 64,
    "64 characters of a host name": f"{'n' * 51}.corp.example",
    "the store's own name": "Microsoft Private MDB",
}


@pytest.mark.parametrize("name", ODD.values(), ids=list(ODD))
def test_collectors_views_and_what_is_made_of_it_read_one_name_alike(name: str) -> None:
    """A database and an array of that name find each other, whoever decodes them."""
    target = f"/o=Example Corp/ou=Exchange/cn=Configuration/cn=Servers/cn={name}"
    assert legacy_dn.endpoint(f"{target}/cn=Microsoft Private MDB") == target
    assert legacy_dn.last_name(target) == name
    assert legacy_dn.sibling(f"{target}x", name) == target
    changed = {
        "endpoint_legacy_dn": target,
        "legacy_exchange_dn": f"{target}/cn=Microsoft Private MDB",
    }
    world = {
        "change": {
            "databases": {"DB-HO-01": changed},
            "arrays": {"outlook-ho": {"legacy_exchange_dn": target}},
        }
    }
    database = rows("v_databases", world)["DB-HO-01"]
    assert database["endpoint_kind"] == "array", database
    assert rows("v_arrays", world)["outlook-ho"]["legacy_name"] == name


@pytest.mark.parametrize("text", [None, "", "EX1", "cn=EX1", "/x=EX1"])
def test_what_is_no_legacy_name_has_no_last_name(text: str | None) -> None:
    assert legacy_dn.last_name(text) is None
    assert legacy_dn.sibling(text or "", "EX2") is None
