"""The dated tables: well formed, in order, complete, and what the views make of them."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit import shipped
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.engine.functions import build_key
from casaudit.errors import RuleError
from casaudit.rulebook.reading import read_tables
from casaudit.rulebook.reference_table import RECALLED, Table
from casaudit.strict_yaml import read
from tests.support.running import casaudit
from tests.support.shipped_rules import book, loaded, rows, sample, viewed

FILES = sorted((shipped.RULES / "data").glob("*.yaml"))
TABLE = """\
about: rows for tests
as_of: 2026-11-22
sources:
  book: {title: a book, url: "https://example.com/book", checked: 2026-11-21}
  list: {title: a list, checked: recalled}
rows:
  - {b: b, sources: book}
  - {b: c, sources: list}
"""
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
def test_each_row_has_a_source_and_the_day_it_was_checked_or_says_that_it_is_recalled(
    path: Path,
) -> None:
    table = read(path.read_text(encoding="utf-8"), str(path), Table)
    assert table.as_of.year >= 2026
    for row in table.rows:
        assert table.sources_of(row)
    for source in table.sources.values():
        assert len(source.title) > 10
        # What was checked was read somewhere, and its reader can go there too.
        assert (
            source.url.startswith("https://")
            or path.stem in {"sections", "internal_suffixes"}
            or source.checked == RECALLED
        )
        assert source.day is None or date(2026, 11, 22) <= source.day


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        pytest.param(("2026-11-22\ns", "soon\ns"), "as_of", id="no day"),
        pytest.param(("  - {b: c", "  - {c: d"), "row 2 has other columns", id="another shape"),
        pytest.param(("{b: b", "{b: 1"), "rows", id="a number"),
        pytest.param(("checked: 2026-11-21", "checked: lately"), "neither a day", id="no check"),
        pytest.param(("sources: book}", "sources: bok}"), "cite 'bok'", id="a source misspelt"),
        pytest.param(("sources: list}", "sources: book}"), "cites the source 'list'", id="unused"),
        pytest.param((", sources: list}", ", sources: ''}"), "cite ''", id="a row without one"),
    ],
)
def test_a_table_that_is_not_well_formed_is_refused(changed: tuple[str, str], problem: str) -> None:
    read(TABLE, "data/table.yaml", Table)
    assert TABLE.count(changed[0]) == 1
    with pytest.raises(RuleError, match=problem):
        read(TABLE.replace(*changed), "data/table.yaml", Table)


def test_a_table_is_as_old_as_its_oldest_source_and_counts_what_is_recalled() -> None:
    table = read(TABLE, "data/table.yaml", Table)
    assert (table.checked, table.recalled) == (date(2026, 11, 21), 1)


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


ENDS = {r["product"]: r["support_ended"] for r in book().data["products"] if r["support_ended"]}


@pytest.mark.parametrize("product", ENDS)
def test_the_day_on_which_support_ends_is_the_last_one_with_it(product: str) -> None:
    last = date.fromisoformat(ENDS[product])

    def is_supported(day: date) -> bool:
        asked = Question(as_of=datetime.fromisoformat(f"{day}T23:59:59+00:00"))
        products = loaded(patched(sample(), {}), asked).inventory("v_products")
        return bool(next(row["is_supported"] for row in products if row["product"] == product))

    assert is_supported(last)
    assert not is_supported(last + timedelta(days=1))


@pytest.mark.parametrize(
    ("table", "where", "cells"),
    [
        ("coexistence", {"target": "2013", "product": "2013"}, {"minimum_name": "CU2"}),
        ("coexistence", {"target": "2013", "product": "2010"}, {"minimum_name": "SP3"}),
        ("coexistence", {"target": "2016", "product": "2010"}, {"minimum_name": "SP3 RU11"}),
        ("coexistence", {"target": "2019", "product": "2013"}, {"refused_from": "CU15"}),
        ("coexistence", {"target": "se", "product": "2013"}, {"allowed": "no"}),
        ("coexistence", {"target": "se", "product": "2016"}, {"minimum": "15.1.2507"}),
        ("coexistence", {"target": "se", "product": "2019"}, {"minimum": "15.2.1544"}),
        ("coexistence", {"target": "se", "product": "2019"}, {"refused_planned": "2027-06"}),
        ("schema_versions", {"product": "2016", "name": "CU21"}, {"organization": "16221"}),
        ("schema_versions", {"product": "2016", "name": "CU23"}, {"organization": "16223"}),
        ("schema_versions", {"product": "2019", "name": "CU10"}, {"organization": "16758"}),
        ("schema_versions", {"product": "2013", "name": "CU23"}, {"organization": "16133"}),
        ("products", {"product": "2016"}, {"support_ended": "2025-10-14", "paid_until": "2026-10"}),
        ("products", {"product": "2019"}, {"support_ended": "2025-10-14", "paid_until": "2026-10"}),
    ],
)
def test_a_figure_is_the_vendors(table: str, where: dict[str, str], cells: dict[str, str]) -> None:
    (row,) = (row for row in book().data[table] if where.items() <= row.items())
    assert cells.items() <= row.items()


def test_a_directory_between_two_updates_belongs_to_the_generation_of_the_lower() -> None:
    known = {"16221": "2016", "16223": "2016", "16300": "2016", "16758": "2019", "16133": "2013"}
    for number, product in known.items():
        changed = {"change": {"organization": {"Example Corp": {"object_version": int(number)}}}}
        (row,) = viewed(changed).inventory("v_organization")
        assert row["prepared_for"] == product, number


def test_each_table_is_printed_with_its_age() -> None:
    done = casaudit("rules", "data", "--as-of", "2026-12-01")
    assert (done.returncode, done.stderr) == (0, "")
    for path in FILES:
        assert f"{path.stem}: " in done.stdout
    assert (
        "operating_systems: 4 rows, 1 of them recalled; checked 2026-11-30 (1 day)" in done.stdout
    )


def test_a_table_that_was_checked_more_than_a_year_ago_is_told_about() -> None:
    checked = read_tables(shipped.RULES)["products"].checked
    for age, told in ((365, False), (366, True)):
        day = (checked + timedelta(days=age)).isoformat()
        done = casaudit("rules", "data", "products", "--as-of", day)
        assert done.returncode == 0
        assert ("products: last checked 366 days ago, more than a year" in done.stderr) == told
        assert "Exchange 2010" not in done.stderr


def test_the_rows_of_a_table_are_printed_and_all_of_it_as_json() -> None:
    shown = casaudit("rules", "data", "schema_versions").stdout
    assert "16758" in shown
    found = json.loads(casaudit("rules", "data", "--json", "--as-of", "2026-12-30").stdout)
    assert found.keys() == {path.stem for path in FILES}
    products = found["products"]
    assert tuple(products["rows"]) == book().data["products"]
    assert products["age_days"] == 30
    assert products["sources"]["last2013"]["age_days"] is None
    assert products["sources"]["builds"]["age_days"] == 30


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("product",), "no such table: did you mean 'products'?"),
        (("--as-of", "31.12.2026"), "'31.12.2026' is not a day"),
    ],
)
def test_a_slip_of_the_pen_is_told(arguments: tuple[str, ...], said: str) -> None:
    done = casaudit("rules", "data", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_what_a_version_asks_of_forest_and_controllers_comes_from_one_table_each() -> None:
    views = viewed()
    assert {
        row["target"]: (row["required_level"], row["required"], row["needed_by"])
        for row in views.inventory("v_forest_levels")
    } == {
        "2010": (2, "Windows Server 2003", None),
        "2013": (2, "Windows Server 2003", None),
        "2016": (4, "Windows Server 2008 R2", "CU7"),
        "2019": (6, "Windows Server 2012 R2", None),
        "se": (6, "Windows Server 2012 R2", None),
    }
    assert {
        row["product"]: (row["newest_controller"], row["newest_from"], row["newest_before"])
        for row in views.inventory("v_requirements")
    } == {
        "2010": ("Windows Server 2016", "SP3 RU22", "Windows Server 2012 R2"),
        "2013": ("Windows Server 2016", None, None),
        "2016": (None, None, None),
        "2019": (None, None, None),
        "SE": (None, None, None),
    }
