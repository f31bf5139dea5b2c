"""The cache may be away: people still log in and work."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.licensing import cases

NOWHERE = {"default": {"BACKEND": "config.caches.ForgivingCache", "LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.fixture
def no_cache(settings: pytest.FixtureRequest) -> None:
    settings.CACHES = NOWHERE  # type: ignore[attr-defined]


@pytest.mark.usefixtures("no_cache")
def test_a_cache_that_is_away_knows_nothing_and_hinders_nobody() -> None:
    cache.set("known", 1)
    assert cache.get("known", "asked again") == "asked again"
    assert cache.get_many(["known"]) == {}
    assert cache.add("lock", True) is True
    assert cache.delete("known") is False


@pytest.mark.django_db
@pytest.mark.usefixtures("no_cache")
def test_people_log_in_and_work_without_a_cache(client: Client) -> None:
    desk = cases.desk()
    told = client.post(reverse("account_login"), {"login": desk.officer.email, "password": cases.PASSWORD})
    assert told.status_code == 302
    assert client.get(reverse("officer")).status_code == 200
