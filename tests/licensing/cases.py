"""A small authority, two exporters and their cases, made by the services as people would make them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from enforcement.models import Screening
from enforcement.services import screening
from licensing.models import Application, Membership, Organisation, User
from licensing.models.determinations import Determination
from licensing.regimes import reader
from licensing.rules.roles import OrganisationKind, Role
from licensing.services import applications, determination, organisations, regimes, review

PASSWORD = "a long enough password"
PAPERS = (
    "contract",
    "identity_of_signatories",
    "technical_description",
    "test_report",
    "end_user_certificate",
    "end_use_certificate",
    "introduction_of_importer_and_end_user",
)
INGOT = {
    "description": "Antimony ingot 99.65 %",
    "item_code": "3C003.b",
    "family": "antimony",
    "hs_code": "8110101000",
    "parameters": {"sb_pct": "99.65"},
    "quantity": Decimal(20000),
    "unit": "kg",
    "value": Decimal("3180000"),
    "currency": "CNY",
    "origin": "CN",
}
LISTED_NAME = "Lockheed Martin Corporation"


def load_law() -> None:
    """The regime that ships with Sluice."""
    regimes.load(pack=reader.read(reader.CN), source="tests", by=None)


def person(email: str, name: str, *held: tuple[Organisation, Role]) -> User:
    user = User.objects.create_user(email, PASSWORD, name=name)
    for organisation, role in held:
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def authority() -> Organisation:
    return Organisation.objects.create(
        kind=OrganisationKind.AUTHORITY,
        state=Organisation.State.APPROVED,
        name_en="Export Control Licensing Desk",
        decided_at=timezone.now(),
    )


@dataclass
class Desk:
    """The people of the authority. ``third`` is a second countersigner."""

    authority: Organisation
    officer: User
    second: User
    third: User
    auditor: User


def desk() -> Desk:
    office = authority()
    return Desk(
        office,
        officer=person("officer@desk.example", "Officer Wang Lei", (office, Role.OFFICER)),
        second=person("second@desk.example", "Director Zhao Min", (office, Role.OFFICER), (office, Role.COUNTERSIGNER)),
        third=person("third@desk.example", "Director Sun Hao", (office, Role.COUNTERSIGNER)),
        auditor=person("auditor@desk.example", "Auditor He Jing", (office, Role.AUDITOR)),
    )


def exporter(
    officer: User, *, name: str = "Hunan Example Antimony Co., Ltd.", zh: str = "湖南示例锑业有限公司", n: int = 1
) -> tuple[Organisation, User]:
    """A registered and approved company with its administrator."""
    company = organisations.register(
        person={"email": f"clerk{n}@company.example", "name": f"Clerk {n}", "password": PASSWORD, "language": "en"},
        organisation={
            "name_en": name,
            "name_zh": zh,
            "uscc": f"91430000MA4L{n:05d}X",
            "address": "1 Furong Road, Changsha",
        },
    )
    company = organisations.decide(organisation=company, actor=officer, approve=True)
    return company, User.objects.get(email=f"clerk{n}@company.example")


def draft(
    company: Organisation,
    clerk: User,
    *,
    destination: str = "TH",
    transit: tuple[str, ...] = (),
    end_user: str = "Siam Flame Retardants Co., Ltd.",
    end_user_country: str = "",
    goods: dict[str, Any] | None = None,
    owners: list[dict[str, str]] | None = None,
    papers: tuple[str, ...] = PAPERS,
) -> Application:
    """A draft with everything that a filing of antimony ingot needs."""
    case = applications.start(
        organisation=company,
        actor=clerk,
        destination=destination,
        transit=list(transit),
        contract_number="HN-2026-118",
        end_use_category="civil",
        end_use="Antimony trioxide for flame-retardant masterbatch in building cable.",
        end_use_site="88 Rojana Industrial Park, Ayutthaya",
    )
    applications.put_goods(application=case, actor=clerk, values=INGOT | (goods or {}))
    country = end_user_country or destination
    for role, name, where in (
        ("consignee", "Bangkok Metals Trading Co., Ltd.", destination),
        ("end_user", end_user, country),
    ):
        applications.put_party(
            application=case,
            actor=clerk,
            values={
                "role": role,
                "name": name,
                "country": where,
                "address": "88 Rojana Industrial Park",
                "owners": (owners or []) if role == "end_user" else [],
            },
        )
    for kind in papers:
        body = f"%PDF-1.4 {case.reference} {kind}".encode()
        applications.attach(
            application=case,
            actor=clerk,
            kind=kind,
            upload=SimpleUploadedFile(f"{kind}.pdf", body, "application/pdf"),
            media_type="application/pdf",
            sha256=sha256(body).hexdigest(),
        )
    return case


def filed(company: Organisation, clerk: User, **facts: Any) -> Application:
    """A filed and determined application; nobody has screened it."""
    case = draft(company, clerk, **facts)
    applications.declare(application=case, actor=clerk)
    case = applications.submit(application=case, actor=clerk, on=today())
    determination.classify(application=case, on=today())
    return case


def screened(case: Application) -> Screening:
    return screening.screen(application=case, on=today())


def in_review(company: Organisation, clerk: User, officer: User, **facts: Any) -> Application:
    """A filed, screened and accepted application."""
    case = filed(company, clerk, **facts)
    screened(case)
    return review.accept(application=case, actor=officer, on=today())


def recommended(company: Organisation, clerk: User, officer: User, outcome: str = "grant", **facts: Any) -> Application:
    case = in_review(company, clerk, officer, **facts)
    review.recommend(
        application=case,
        actor=officer,
        outcome=review.Outcome(outcome),
        grounds="The end user is known and the end use is plausible.",
        on=today(),
        months=6,
        conditions=["one_export", "report"],
    )
    return case


def latest(case: Application) -> Determination:
    found = determination.latest(case)
    assert found is not None
    return found


def today() -> date:
    return timezone.localdate()
