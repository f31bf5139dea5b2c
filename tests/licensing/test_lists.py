"""The desk of list keepers."""

from datetime import UTC, datetime

import time_machine
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from licensing.rules.roles import Role
from tests.licensing import cases

SUNDAY = datetime(2026, 11, 22, 4, tzinfo=UTC)


@time_machine.travel(SUNDAY, tick=False)
class TestLists(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cases.load_law()
        cls.keeper = cases.person("keeper@desk.example", "Lin Yue", (cases.authority(), Role.LIST_KEEPER))

    def test_what_turns_and_what_has_to_be_verified(self) -> None:
        self.client.force_login(self.keeper)
        with CaptureQueriesContext(connection) as queries:
            response = self.client.get("/lists/")
        turns = {(turn["on"].isoformat(), turn["turn"], turn["ref"]) for turn in response.context["turns"]}
        assert ("2026-11-28", "resumed", "CN-2024-46") in turns
        assert ("2026-11-11", "resumed", "CN-2025-57") in turns
        assert {"CN-2025-55", "CN-2025-70", "CN-REG-2009-8"} <= {row["ref"] for row in response.context["to_verify"]}
        assert [table["rows"] for table in response.context["tables"]] == [57, 117, 27, 232]
        assert len(queries) <= 15

    def test_the_public_is_sent_to_the_log_in(self) -> None:
        assert self.client.get("/lists/").status_code == 302
