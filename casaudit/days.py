"""A day as people write it in the files that they keep: ``2026-12-31``, in UTC."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        # Not date.fromisoformat: since Python 3.11 it takes 20261231 and 2026-W53-4 as well.
        return datetime.strptime(str(value), "%Y-%m-%d").date()
    except ValueError:
        raise ValueError(f"{value!r} is not a day such as 2026-12-31") from None


# pydantic alone would take a number for seconds since 1970, and 20261231 is a slip of the pen.
Day = Annotated[date, BeforeValidator(_day)]
