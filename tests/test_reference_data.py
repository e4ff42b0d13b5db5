"""The dated tables: well formed, in order, complete, and what the views make of them."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit import shipped
from casaudit.engine.functions import build_key
from casaudit.errors import RuleError
from casaudit.rulebook.rule import Table
from casaudit.strict_yaml import read
from tests.support.shipped_rules import book, rows, viewed

FILES = sorted((shipped.RULES / "data").glob("*.yaml"))
VERSIONS = st.lists(st.integers(0, 99_999), min_size=4, max_size=4)
PACKED = {
    "2000 or older": (None, "Version 6.0 (Build 6249.4: Service Pack 3)"),
    "2003": (7638, "Version 6.5 (Build 7638.2: Service Pack 2)"),
    "2007": (1912832083, None),
    "2010": (1937801855, None),
    "2013": (1941996036, None),
    "2016": (1942061281, None),
    "2019": (1942128340, None),
    "SE": (1942129154, None),
}


def keys(table: str, column: str) -> list[str]:
    """The versions of a column, as they are compared; every one of them must be a version."""
    found = [build_key(row[column]) for row in book().data[table]]
    assert None not in found
    return [each for each in found if each is not None]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_table_says_of_which_day_it_is_and_where_it_comes_from(path: Path) -> None:
    table = read(path.read_text(encoding="utf-8"), str(path), Table)
    assert date.fromisoformat(table.as_of).year >= 2026
    assert len(table.source) > 10


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("as_of: soon\nsource: x\nrows: [{a: b}]\n", "as_of", id="no day"),
        pytest.param(
            "as_of: 2026-11-22\nsource: x\nrows:\n  - {a: b}\n  - {c: d}\n",
            "row 2 has other columns",
            id="a row of another shape",
        ),
        pytest.param("as_of: 2026-11-22\nsource: x\nrows: [{a: 1}]\n", "rows", id="a number"),
    ],
)
def test_a_table_that_is_not_well_formed_is_refused(text: str, problem: str) -> None:
    with pytest.raises(RuleError, match=problem):
        read(text, "data/table.yaml", Table)


@given(VERSIONS, VERSIONS)
def test_builds_sort_like_their_numbers(one: list[int], other: list[int]) -> None:
    first, second = (build_key(".".join(map(str, each))) for each in (one, other))
    assert first is not None and second is not None
    assert (first < second) == (one < other)


@given(st.text(max_size=30))
def test_what_is_no_version_has_no_key(text: str) -> None:
    plain = text.strip().replace(".", "")
    if not (plain.isascii() and plain.isdigit()):
        assert build_key(text) is None


@pytest.mark.parametrize("text", ["14", "14.3.513.0.1", "14.3.513.", "14..3", "14.3.123456", ""])
def test_a_version_has_two_to_four_numbers_of_five_digits(text: str) -> None:
    assert build_key(text) is None


def test_the_builds_of_2010_ascend_and_end_with_the_final_one() -> None:
    found = keys("exchange_2010_builds", "build")
    assert found == sorted(set(found))
    product = next(row for row in book().data["products"] if row["product"] == "2010")
    last = book().data["exchange_2010_builds"][-1]
    assert (last["build"], last["name"]) == (product["last_build"], product["last_name"])
    assert found[0] == build_key(product["first_build"])


def test_a_build_of_2010_belongs_to_the_service_pack_of_its_number() -> None:
    packs = {"RTM": "14.0.", "SP1": "14.1.", "SP2": "14.2.", "SP3": "14.3."}
    for row in book().data["exchange_2010_builds"]:
        assert row["build"].startswith(packs[row["service_pack"]])
        assert row["name"].split()[0] == row["service_pack"]
        date.fromisoformat(row["released"])


def test_updates_with_several_builds_are_there_with_all_of_them() -> None:
    names: dict[str, list[str]] = {}
    for row in book().data["exchange_2010_builds"]:
        names.setdefault(row["name"], []).append(row["build"])
    assert {name: builds for name, builds in names.items() if len(builds) > 1} == {
        "SP3 RU11": ["14.3.266.1", "14.3.266.2"],
        "SP3 RU16": ["14.3.336.0", "14.3.339.0"],
        "SP3 RU23": ["14.3.417.0", "14.3.417.1"],
    }
    assert names["SP3 RU8 v1"] == ["14.3.224.1"]


def test_generations_follow_each_other() -> None:
    begins, firsts = keys("products", "from_version"), keys("products", "first_build")
    lasts = keys("products", "last_build")
    assert begins == sorted(set(begins))
    bounds = [*begins[1:], "99999"]
    for begin, first, last, end in zip(begins, firsts, lasts, bounds, strict=True):
        assert begin <= first < last < end


def test_schema_versions_ascend_with_the_organisation() -> None:
    found = [int(row["organization"]) for row in book().data["schema_versions"]]
    assert found == sorted(found)
    known = {row["product"] for row in book().data["products"]}
    assert {row["product"] for row in book().data["schema_versions"]} <= known


def test_each_target_says_something_of_each_generation() -> None:
    products = {row["product"] for row in book().data["products"]}
    said: dict[str, set[str]] = {}
    for row in book().data["coexistence"]:
        said.setdefault(row["target"], set()).add(row["product"])
        assert row["allowed"] in {"yes", "no"}
        assert bool(row["minimum"]) == bool(row["minimum_name"])
        assert not row["minimum"] or build_key(row["minimum"]) is not None
    assert said == dict.fromkeys(("2013", "2016", "2019", "se"), products)


@pytest.mark.parametrize("product", PACKED)
def test_a_server_belongs_to_the_generation_of_its_version(product: str) -> None:
    number, serial = PACKED[product]
    changed = {"version_number": number, "serial_number": serial}
    assert rows("v_servers", {"change": {"servers": {"EX4": changed}}})["EX4"]["product"] == product


def test_a_version_without_a_build_is_not_guessed_to_be_2019() -> None:
    changed = {"version_number": None, "serial_number": "Version 15.2"}
    server = rows("v_servers", {"change": {"servers": {"EX4": changed}}})["EX4"]
    assert (server["version"], server["product"]) == ("15.2", None)


def test_support_is_looked_at_on_the_day_of_the_judgement() -> None:
    found = {r["product"]: r["is_supported"] for r in viewed().inventory("v_products")}
    assert [name for name, supported in found.items() if supported] == ["SE"]
