"""Single rows of views in edited organisations, as ``tests/view_rows.yaml`` expects them."""

import pytest

from tests.support.shipped_rules import viewed
from tests.support.view_rows import Expectation, expectations


@pytest.mark.parametrize("expected", [pytest.param(each, id=each.name) for each in expectations()])
def test_views_have_the_rows_that_are_expected(expected: Expectation) -> None:
    tables = viewed(expected.given)
    found = [expected.problems(view, tables.inventory(view)) for view in sorted(expected.views)]
    assert [problem for each in found for problem in each] == []


def test_another_cell_and_a_row_too_many_or_too_few_are_told() -> None:
    expected = Expectation(
        "",
        {},
        rows={"v_databases": [{"name": "DB-HO-01", "home_site": "X"}]},
        lacks={"v_databases": [{"name": "DB-HO-02"}]},
        counts={"v_databases": 4},
    )
    assert expected.problems("v_databases", viewed().inventory("v_databases")) == [
        "v_databases lacks {'name': 'DB-HO-01', 'home_site': 'X'};"
        " the nearest is {'name': 'DB-HO-01', 'home_site': 'HeadOffice'}",
        "v_databases has {'name': 'DB-HO-02'}",
        "v_databases has 5 rows, not 4",
    ]
