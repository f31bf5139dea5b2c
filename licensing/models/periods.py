"""Periods as PostgreSQL date ranges: half-open in the table, `Period` in Python."""

from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db.backends.postgresql.psycopg_any import DateRange

from licensing.rules.periods import Period


class PeriodField(DateRangeField):
    """A `daterange` column whose value is a `Period`. Raises `ValueError` for a range without a first day."""

    def from_db_value(self, value: Any, *args: Any) -> Period | None:
        return _period(value)

    def to_python(self, value: Any) -> Any:
        return _period(super().to_python(value))

    def get_prep_value(self, value: Any) -> Any:
        return DateRange(value.start, value.end) if isinstance(value, Period) else super().get_prep_value(value)


def _period(value: Any) -> Period | None:
    if value is None or isinstance(value, Period):
        return value
    if value.isempty or value.lower is None:
        raise ValueError(f"{value} is no period: it needs a first day.")
    return Period(value.lower, value.upper)
