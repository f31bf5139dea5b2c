"""Journeys run in the Chromium of the machine."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from licensing.models import User
from tests.licensing import cases

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Without a Chromium a journey is skipped, and fails where CI is set: `.ci/run` installs one."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("There is no Chromium here: install the package chromium.")
    # Chromium's own sandbox refuses to work for root.
    sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
    return browser_type_launch_args | {"executable_path": found, "args": sandbox}


@pytest.fixture(scope="session", autouse=True)
def nobody_left_behind(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A browser may still ask when the last journey ends, and its session keep the database from being dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@dataclass
class Town:
    """The cast: an exporter's clerk, two officers, and where Sluice is."""

    url: str
    clerk: User
    officer: User
    second: User


@pytest.fixture
def town(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Town:
    url = live_server.url
    monkeypatch.setattr(settings, "PUBLIC_URL", url)
    cases.load_law()
    desk = cases.desk()
    _company, clerk = cases.exporter(desk.officer)
    return Town(url, clerk, desk.officer, desk.second)
