"""Paging and ranged values are real behind the proxy that limits as Windows does."""

import pytest

from tests.lab import addresses, client, crowd
from tests.lab.accounts import AUDITOR
from tests.lab.directory import Directory
from tests.lab.limits import MAX_PAGE_SIZE, MAX_VALUE_RANGE
from tests.lab.whole import Lab

pytestmark = pytest.mark.lab

LIMITED = f"ldaps://{addresses.LIMITS}"
DATABASES = f"CN=Databases,{crowd.GROUP_DN}"
CROWD_FILTER = "(&(objectClass=msExchPrivateMDB)(cn=MB-CROWD-*))"


def test_without_paging_the_answer_stops_at_the_page_size(lab: Lab, crowded: Directory) -> None:
    with lab.windows_limits(crowded.address):
        answer = client.search(LIMITED, AUDITOR, lab.ca_file, DATABASES, CROWD_FILTER, "cn")
    assert answer.code == 4
    assert len(answer.entries) == MAX_PAGE_SIZE


@pytest.mark.parametrize("size", [500, 5000])
def test_paging_brings_every_database(lab: Lab, crowded: Directory, size: int) -> None:
    with lab.windows_limits(crowded.address):
        paged = ["-E", f"pr={size}/noprompt", CROWD_FILTER, "cn"]
        answer = client.search(LIMITED, AUDITOR, lab.ca_file, DATABASES, *paged)
    assert answer.code == 0
    assert sorted(answer.names) == crowd.database_names()


def test_an_attribute_with_many_values_comes_as_a_range(lab: Lab, crowded: Directory) -> None:
    with lab.windows_limits(crowded.address):
        first = _keywords(lab, "keywords")
        rest = _keywords(lab, f"keywords;range={MAX_VALUE_RANGE}-*")
    last = MAX_VALUE_RANGE - 1
    assert {name: len(values) for name, values in first.items()} == {
        f"keywords;range=0-{last}": MAX_VALUE_RANGE
    }
    assert list(rest) == [f"keywords;range={MAX_VALUE_RANGE}-*"]
    everything = [value for part in (first, rest) for values in part.values() for value in values]
    assert len(set(everything)) == len(everything) == crowd.SITE_SCOPES + 1


def test_samba_itself_sets_neither_limit(lab: Lab, crowded: Directory) -> None:
    url = f"ldaps://{crowded.address}"
    databases = client.search(url, AUDITOR, lab.ca_file, DATABASES, CROWD_FILTER, "cn")
    wide = client.search(url, AUDITOR, lab.ca_file, crowd.WIDE_DN, "keywords")
    assert sorted(databases.names) == crowd.database_names()
    assert len(wide.entries[0].get("keywords")) == crowd.SITE_SCOPES + 1


def _keywords(lab: Lab, attribute: str) -> dict[str, list[bytes]]:
    # Without a filter ldapsearch takes an attribute with "=" in its name for one.
    what = ["-s", "base", "(objectClass=*)", attribute]
    answer = client.search(LIMITED, AUDITOR, lab.ca_file, crowd.WIDE_DN, *what)
    (entry,) = answer.entries
    return entry.attributes
