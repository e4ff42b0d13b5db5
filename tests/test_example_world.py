"""The organisation of an example: what it changes is changed, and all else is left as it was."""

import json
from typing import Any

import pytest

from casaudit.engine.example_exports import PatchError
from casaudit.engine.example_world import patched
from casaudit.snapshot.document import record_kinds
from tests.support.shipped_rules import sample


def test_what_an_example_does_not_touch_is_read_once_and_shared() -> None:
    plain = patched(sample(), {})
    changed = patched(sample(), {"change": {"arrays": {"outlook-ho": {"fqdn": "x.example"}}}})
    other = {kind for kind in record_kinds() if getattr(changed, kind) != getattr(plain, kind)}
    assert other == {"arrays"}
    assert changed.databases is plain.databases


def test_what_goes_with_an_object_is_gone_from_its_own_kind_too() -> None:
    poorer = patched(sample(), {"remove": {"servers": ["EX4"]}})
    assert all("CN=EX4," not in each.server_dn for each in poorer.virtual_directories)
    assert any("CN=EX4," in each.server_dn for each in patched(sample(), {}).virtual_directories)


def test_no_example_changes_the_organisation_of_the_next() -> None:
    before = json.dumps(sample())
    patched(sample(), {"change": {"databases": {"DB-HO-01": {"copies": {"EX1": 1}}}}})
    patched(sample(), {"exports": {"EX1": {"nlb_nodes": []}}, "sections": {"arrays": "partial"}})
    assert json.dumps(sample()) == before


def test_a_document_that_was_changed_in_place_is_read_anew() -> None:
    document = json.loads(json.dumps(sample()))
    patched(document, {})
    document["sites"] = document["sites"][:1]
    assert len(patched(document, {}).sites) == 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        # To Python 1 is True, and the healthy organisation has False and True here.
        ({"change": {"databases": {"PF-HO-01": {"recovery": 0}}}}, "databases.2.recovery"),
        ({"records": {"printers": []}}, "printers"),
        ({"sections": {"arrays": "seen"}}, "sections"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_place(
    given: dict[str, Any], problem: str
) -> None:
    with pytest.raises(PatchError, match=problem):
        patched(sample(), given)
