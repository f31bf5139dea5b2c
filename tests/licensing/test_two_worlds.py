"""Non-interference: an exporter cannot tell a world in which a party is listed from one in which nobody is.

The same exporter does the same things in both. After every step all pages, the export, the notices and the headers are
compared, without what differs from run to run anyway: references, ids, tokens, clock times.
"""

import difflib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from enforcement import tasks as enforcement_tasks
from enforcement.models import Hit, Listing, Screening
from enforcement.services import screening
from licensing import tasks
from licensing.models import Licence, Notice
from licensing.services import applications, licences, notices, review
from tests.licensing import cases

pytestmark = pytest.mark.django_db

PLAIN, UNLISTED = "Alder Valley Holdings, Inc.", "Birch Valley Holdings, Inc."
HEADERS = frozenset({"X-Request-ID", "Content-Length"})
"""Headers that differ from request to request; the length is that of the body, which is compared itself."""


def same_ids() -> None:
    """Both worlds count their rows from the same numbers; rolled back with the world."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.app_label in {"licensing", "enforcement"}:
                sequence = f"{model._meta.db_table}_id_seq"
                cursor.execute(f'ALTER SEQUENCE "{sequence}" RESTART WITH 700000')


class World:
    """One run: an exporter with a draft whose end user is, or is not, the entity that the lists name."""

    def __init__(self, kind: str) -> None:
        self.desk = cases.desk()
        self.company, self.clerk = cases.exporter(self.desk.officer)
        listing = Listing.objects.in_force_on(cases.today()).filter(list=kind).exclude(name_en="")[0]
        listing.name_en = UNLISTED if self.name == "clear" else PLAIN
        listing.name_zh, listing.aliases = "", []
        listing.save()
        self.client = Client(headers={"user-agent": "two worlds"})
        self.client.force_login(self.clerk)
        self.case = cases.draft(self.company, self.clerk, destination="US", end_user=PLAIN)
        self.seen: list[tuple[str, str]] = []

    name = "clear"

    def pages(self) -> Iterator[str]:
        reference = self.case.reference
        for page in (
            "exporter-application", "exporter-goods", "exporter-goods-add", "exporter-parties", "exporter-party-add",
            "exporter-route", "exporter-end-use", "exporter-documents", "exporter-declaration", "exporter-answers",
            "exporter-submit", "exporter-withdraw",
        ):  # fmt: skip
            yield reverse(page, args=[reference])
        for party in self.case.parties.all():
            yield reverse("exporter-party", args=[reference, party.pk])
        yield from (reverse("exporter-document", args=[reference, paper.pk]) for paper in self.case.documents.all())
        yield from map(reverse, ("exporter", "exporter-export", "exporter-licences", "exporter-organisation"))
        yield reverse("exporter") + "?state=authority&q=antimony"
        for licence in Licence.objects.all():
            yield reverse("exporter-licence", args=[licence.number])
            yield reverse("verify-code", args=[licence.code])
            yield f"/api/v1/licences/verify/?code={licence.code}"
        yield "/exporter/applications/SL-2026-00000000/"
        yield f"/officer/cases/{reference}/"

    def look(self, step: str) -> None:
        """Everything that the exporter can see now."""
        for address in self.pages():
            response = self.client.get(address)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            headers = sorted((name, value) for name, value in response.items() if name not in HEADERS)
            cookies = sorted(response.cookies)
            shown = f"{response.status_code} {headers} {cookies}\n{body.decode('utf-8', 'replace')}"
            self.seen.append((f"{step} {self.plain(address)}", self.plain(shown)))
        told = [f"{n.subject}\n{n.body}" for n in Notice.objects.filter(recipient=self.clerk).order_by("id")]
        notices.send_waiting()
        mailed = [f"{m.subject}\n{m.body}" for m in mail.outbox if self.clerk.email in m.to]
        self.seen.append((f"{step} notices", self.plain(repr(told))))
        self.seen.append((f"{step} mail", self.plain(repr(mailed))))

    def post(self, step: str, page: str, **data: Any) -> None:
        response = self.client.post(reverse(page, args=[self.case.reference]), data)
        shown = f"{response.status_code} {response.headers.get('Location', '')} {response.content.decode()}"
        self.seen.append((f"{step} POST {page}", self.plain(shown)))
        self.case.refresh_from_db()

    def plain(self, text: str) -> str:
        """The text without what differs from run to run."""
        names = {self.case.reference: "REFERENCE"}
        for licence in Licence.objects.all():
            names |= {licence.number: "NUMBER", licence.code: "CODE"}
        for name, word in names.items():
            text = text.replace(name, word)
        text = re.sub(r'(csrfmiddlewaretoken" value|data-csrf)="[^"]*"', "TOKEN", text)
        text = re.sub(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{16,32}\b", "HASH", text)
        return re.sub(r"(?<!\d)\d{1,2}:\d\d(:\d\d)?(\.\d+)?(?!\d)", "TIME", text)

    def desks(self) -> None:
        """What the workers do after each act of the exporter."""
        tasks.sweep()
        enforcement_tasks.sweep()


class Listed(World):
    name = "listed"


def both(kind: str, script: Callable[[World], None]) -> tuple[World, World]:
    cases.load_law()
    worlds = []
    for world in (World, Listed):
        mail.outbox.clear()
        made = None
        try:
            with transaction.atomic():
                same_ids()
                made = world(kind)
                script(made)
                made.hits = Hit.objects.count()  # type: ignore[attr-defined]
                made.screenings = Screening.objects.count()  # type: ignore[attr-defined]
                raise Undone
        except Undone:
            worlds.append(made)
    return worlds[0], worlds[1]  # type: ignore[return-value]


class Undone(Exception):
    """The end of a world."""


def compare(clear: World, listed: World) -> None:
    assert clear.hits == 0 < listed.hits  # type: ignore[attr-defined]
    assert clear.screenings == listed.screenings  # type: ignore[attr-defined]
    assert [step for step, _shown in clear.seen] == [step for step, _shown in listed.seen]
    for (step, one), (_step, other) in zip(clear.seen, listed.seen, strict=True):
        lines = difflib.unified_diff(one.splitlines(), other.splitlines(), "clear", "listed", lineterm="", n=0)
        assert one == other, "\n".join([f"{step} tells:", *lines])


def filing(world: World) -> None:
    world.post("sign", "exporter-declaration", declared="on")
    world.post("submit", "exporter-submit")
    assert world.case.status == "submitted"
    world.look("filed")
    world.desks()
    world.post("submit again", "exporter-submit")
    world.post("edit while held", "exporter-route", contract_number="X")
    world.look("screened")


def judged(world: World) -> None:
    for hit in Hit.objects.filter(disposition="open"):
        screening.dispose(hit=hit, actor=world.desk.officer, same=True, reason="The same.", on=cases.today())
    world.desks()


@pytest.mark.parametrize("kind", ["control_list", "watch_list"])
def test_a_hit_changes_nothing_that_an_exporter_sees(kind: str) -> None:
    def script(world: World) -> None:
        filing(world)
        review.claim(application=world.case, actor=world.desk.officer)
        judged(world)
        world.look("judged")
        review.accept(application=world.case, actor=world.desk.officer, on=cases.today())
        world.case.refresh_from_db()
        world.look("in review")
        review.advise(application=world.case, actor=world.desk.officer, stance="none", text="No objection.")
        review.recommend(
            application=world.case,
            actor=world.desk.officer,
            outcome=review.Outcome.REFUSE,
            grounds="The end use is not plausible.",
            on=cases.today(),
        )
        review.countersign(
            application=world.case,
            actor=world.desk.second,
            content_hash=world.case.recommendations.get().content_hash,
            on=cases.today(),
        )
        world.case.refresh_from_db()
        world.look("refused")

    compare(*both(kind, script))


def test_a_hit_that_was_another_party_leaves_no_trace_on_the_licence() -> None:
    def script(world: World) -> None:
        filing(world)
        for hit in Hit.objects.filter(disposition="open"):
            screening.dispose(hit=hit, actor=world.desk.officer, same=False, reason="Another.", on=cases.today())
        world.desks()
        review.accept(application=world.case, actor=world.desk.officer, on=cases.today())
        made = review.recommend(
            application=world.case,
            actor=world.desk.officer,
            outcome=review.Outcome.GRANT,
            grounds="Plausible.",
            on=cases.today(),
        )
        review.countersign(
            application=world.case, actor=world.desk.second, content_hash=made.content_hash, on=cases.today()
        )
        licences.print_pdf(licence=Licence.objects.get())
        world.case.refresh_from_db()
        world.look("granted")

    compare(*both("control_list", script))


def test_withdrawing_and_returning_look_alike_with_an_open_hit() -> None:
    def script(world: World) -> None:
        filing(world)
        review.send_back(
            application=world.case, actor=world.desk.officer, defects=[{"section": "goods", "text": "Sign it."}]
        )
        world.case.refresh_from_db()
        world.look("returned")
        world.post("sign again", "exporter-declaration", declared="on")
        world.post("submit again", "exporter-submit")
        world.desks()
        world.look("filed again")
        world.post("withdraw", "exporter-withdraw")
        assert world.case.status == "withdrawn"
        world.look("withdrawn")

    compare(*both("control_list", script))


def test_the_comparison_sees_a_difference() -> None:
    """The proof is only worth something if a tell-tale word would be found."""

    def script(world: World) -> None:
        filing(world)
        if world.name == "listed":
            applications.journal.record(stream=world.case.stream, act="accept", actor=None, organisation=world.company)
        world.look("told")

    with pytest.raises(AssertionError, match="told"):
        compare(*both("control_list", script))
