"""Whoever watches over the process learns whether it lives and whether it can serve."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.test.utils import CaptureQueriesContext


def test_alive_without_the_database(client: Client) -> None:
    """pytest-django refuses the database to this test: a query would raise."""
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_the_front_page_needs_no_database(client: Client) -> None:
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_ready_with_every_migration(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert len(queries) <= 3


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client: Client) -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="enforcement").order_by("-name")[0]
    newest.delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["pending"] == [f"enforcement.{newest.name}"]
