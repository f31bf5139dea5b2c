"""`manage.py load_demo`: invented organisations, persons and cases, made through the same services as real ones.

It lives in the upper app because its cases are screened too.
"""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import time_machine
import typst
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from config import embedded
from enforcement.services import screening
from licensing.models import Application, Membership, Notice, Organisation, User
from licensing.models.organisations import ROLE_NAMES
from licensing.models.review import Outcome
from licensing.regimes.calendar import working_calendar
from licensing.rules.completeness import ALWAYS_WANTED
from licensing.rules.roles import Role
from licensing.services import applications, determination, journal, licences, organisations, review

CAST = settings.BASE_DIR / "licensing" / "regimes" / "cn" / "demo.json"
OFFICER, COUNTERSIGNER = "wang.lei@desk.example", "zhao.min@desk.example"
GROUNDS = "End user and end use are known and plausible; the quantity fits the end user's capacity; no objection."


class Command(BaseCommand):
    help = "Load the demonstration: organisations, one log-in for each role, cases at every stage. Repeatable."

    def handle(self, *args: object, **options: object) -> None:
        cast = json.loads(CAST.read_text(encoding="utf-8"))
        password = demo_password()
        if not User.objects.filter(email=cast["persons"][0]["email"]).exists():
            self.stdout.write("Making the demonstration's cases ...")
            # All of it or nothing, so that a start that was cut short begins again.
            with transaction.atomic():
                people(cast, password)
                for case in sorted(cast["cases"], key=lambda case: case["days_ago"], reverse=True):
                    with at(case["days_ago"]):
                        play(case, cast)
                # Nobody waits for mail about what happened weeks ago.
                Notice.objects.waiting().update(sent_at=timezone.now())
        self.stdout.write(f"\nDemonstration log-ins, all with the password  {password}\n")
        shown = set()
        with override("en"):
            for person in cast["persons"]:
                if person["role"] not in shown:
                    shown.add(person["role"])
                    self.stdout.write(f"  {ROLE_NAMES[Role(person['role'])]!s:<24}{person['email']}")


def demo_password() -> str:
    """The password of every demonstration log-in on this machine, easy to type: four groups of four."""
    secret = embedded.secret(settings.SLUICE_DATA, "demo_password")
    letters = base64.b32encode(hashlib.sha256(secret.encode()).digest()).decode().lower()[:16]
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def at(days_ago: float) -> time_machine.travel:
    """The morning so many days ago, moved forward to a working day."""
    day = timezone.localdate() - timedelta(days=days_ago)
    while not working_calendar().is_working(day):
        day += timedelta(days=1)
    moment = datetime(day.year, day.month, day.day, 9, 30, tzinfo=timezone.get_default_timezone())
    return time_machine.travel(min(moment, timezone.now()), tick=True)


def people(cast: dict[str, Any], password: str) -> None:
    found: dict[str, Organisation] = {}
    for entry in cast["organisations"]:
        fields = {key: value for key, value in entry.items() if key != "key"}
        company = found[entry["key"]] = Organisation.objects.create(
            **fields, state=Organisation.State.APPROVED, decided_at=timezone.now()
        )
        journal.record(
            stream=organisations.stream_of(company), act="load_demo", actor=None, data={"name": company.name_en}
        )
    for entry in cast["persons"]:
        person = User.objects.create_user(entry["email"], password, name=entry["name"], language=entry["language"])
        Membership.objects.create(user=person, organisation=found[entry["organisation"]], role=entry["role"])
    pending = cast["pending"]
    organisations.register(person={**pending["person"], "password": password}, organisation=pending["organisation"])


def play(case: dict[str, Any], cast: dict[str, Any]) -> None:
    """Take one case from its first click to the stage that it names, each act by the person who would do it."""
    filer = User.objects.get(email=case["by"])
    application = write(case, cast, filer)
    if case["to"] == "draft":
        return
    applications.submit(application=application, actor=filer, on=timezone.localdate())
    settle(application)
    officer = User.objects.get(email=OFFICER)
    if case["to"] == "returned":
        defects = [{"section": section, "text": text} for section, text in case["defects"]]
        review.send_back(application=application, actor=officer, defects=defects)
    if case["to"] in {"review", "recommended", "granted", "refused"}:
        review.claim(application=application, actor=officer)
        review.accept(application=application, actor=officer, on=timezone.localdate())
        review.advise(application=application, actor=officer, stance="none", text="No objection from the file.")
    if case["to"] in {"recommended", "granted", "refused"}:
        recommendation = review.recommend(
            application=application,
            actor=officer,
            outcome=Outcome.REFUSE if case["to"] == "refused" else Outcome.GRANT,
            grounds=case.get("grounds", GROUNDS),
            on=timezone.localdate(),
            months=12,
            conditions=["one_export", "no_transfer", "report"],
        )
    if case["to"] in {"granted", "refused"}:
        review.countersign(
            application=application,
            actor=User.objects.get(email=COUNTERSIGNER),
            content_hash=recommendation.content_hash,
            on=timezone.localdate(),
        )
        if case["to"] == "granted":
            licences.print_pdf(licence=application.licence)


def settle(application: Application) -> None:
    """Let the desks determine and screen at once, on the day of the filing, instead of waiting for the worker."""
    determination.classify(application=application, on=timezone.localdate())
    screening.screen(application=application, on=timezone.localdate())


def write(case: dict[str, Any], cast: dict[str, Any], filer: User) -> Application:
    company = filer.memberships.get().organisation
    application = applications.start(organisation=company, actor=filer)
    for name, quantity, value in case["goods"]:
        goods = {**cast["goods"][name], "quantity": Decimal(quantity), "value": Decimal(value)}
        applications.put_goods(application=application, actor=filer, values=goods)
    for role in ("consignee", "end_user"):
        party = {**cast["parties"][case[role]], "role": role}
        applications.put_party(application=application, actor=filer, values=party)
    applications.save_section(
        application=application,
        actor=filer,
        section="route",
        values={
            "destination": case["destination"],
            "transit": case.get("transit", []),
            "contract_number": f"EX-{timezone.localdate():%Y%m}-{case['goods'][0][1]}",
        },
    )
    applications.save_section(
        application=application,
        actor=filer,
        section="end_use",
        values={
            "end_use_category": "civil",
            "end_use": case["end_use"],
            "end_use_site": cast["parties"][case["end_user"]]["address"],
        },
    )
    application.refresh_from_db()
    if case["to"] != "draft":
        asked = determination.preview(applications.content_of(application), on=timezone.localdate())
        for kind in dict.fromkeys((*ALWAYS_WANTED, *(asked.documents if asked else ()))):
            paper(application, filer, kind)
        applications.declare(application=application, actor=filer)
    return application


@cache
def page_of(kind: str) -> bytes:
    """A one-page PDF that says what it stands for."""
    return typst.compile(
        b"#set page(width: 210mm, height: 297mm, margin: 30mm)\n#text(20pt)[#sys.inputs.title]\n\nDemonstration only.",
        sys_inputs={"title": kind.replace("_", " ").capitalize()},
    )


def paper(application: Application, filer: User, kind: str) -> None:
    page = page_of(kind)
    applications.attach(
        application=application,
        actor=filer,
        kind=kind,
        upload=SimpleUploadedFile(f"{kind}.pdf", page, content_type="application/pdf"),
        media_type="application/pdf",
        sha256=hashlib.sha256(page).hexdigest(),
    )
