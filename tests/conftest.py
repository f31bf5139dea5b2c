"""What every test may rely on."""

from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

_flush = DatabaseOperations.sql_flush


def _flush_append_only(self: DatabaseOperations, *args: Any, **options: Any) -> list[str]:
    """Tests that commit are cleaned up by TRUNCATE, which append-only tables refuse: so only here, without triggers."""
    statements = _flush(self, *args, **options)
    return ["SET session_replication_role = replica", *statements, "SET session_replication_role = origin"]


DatabaseOperations.sql_flush = _flush_append_only  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys last: the browser's driver leaves an event loop in its process, in which no licence can be sealed."""
    items.sort(key=lambda item: "journeys" in item.path.parts)
