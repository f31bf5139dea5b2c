"""Registering an organisation, and who may act for it."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from licensing.models import Membership, Organisation, User
from licensing.rules.roles import CASE_ROLES, EXPORTER_ROLES, OrganisationKind, Role
from licensing.services import journal, notices
from licensing.services.errors import Barred, NotAllowed


def stream_of(organisation: Organisation) -> str:
    return f"organisation:{organisation.pk}"


@transaction.atomic
def register(*, person: dict[str, Any], organisation: dict[str, Any]) -> Organisation | None:
    """A company asks to be let in: its first person becomes its administrator once an officer approves.

    ``person``: email, name, password, language. ``organisation``: fields of `Organisation`.
    Where the address has a log-in already, nothing is registered and its owner is told by mail; the answer is None,
    and the page says the same as ever, so that nobody learns who is known here.
    Raises `Barred` where the credit code is registered already.
    """
    taken = Organisation.objects.exclude(state=Organisation.State.REFUSED).filter(uscc=organisation["uscc"])
    if taken.exists():
        raise _code_taken()
    known = User.objects.filter(email__iexact=person["email"]).first()
    if known:
        make_password(person["password"])  # takes as long as for a new person
        notices.write(
            recipient=known,
            application=None,
            subject=gettext_noop("You have a log-in already"),
            body=gettext_noop(
                "Somebody tried to register %(name)s with your address. You have a log-in already, so nothing was "
                "registered. Register a further company with another address. If it was not you, you need do nothing."
            ),
            values={"name": organisation["name_en"]},
        )
        return None
    try:
        with transaction.atomic():
            company = Organisation.objects.create(kind=OrganisationKind.EXPORTER, **organisation)
    except IntegrityError as error:
        raise _code_taken() from error
    admin = User.objects.create_user(**person)
    Membership.objects.create(user=admin, organisation=company, role=Role.COMPANY_ADMIN)
    journal.record(
        stream=stream_of(company), act="register", actor=admin, organisation=company, data={"uscc": company.uscc}
    )
    return company


def _code_taken() -> Barred:
    return Barred([_("An organisation with this credit code is registered already. Ask its administrator to add you.")])


@transaction.atomic
def decide(*, organisation: Organisation, actor: User, approve: bool, reason: str = "") -> Organisation:
    """An officer approves or refuses a registration. A refusal needs a reason."""
    company = Organisation.objects.select_for_update().get(pk=organisation.pk)
    roles = {Role(r) for r in Membership.objects.acting().filter(user=actor).values_list("role", flat=True)}
    if not roles & CASE_ROLES or company.memberships.filter(user=actor).exists():
        raise NotAllowed(_("You may not decide on this registration."))
    if company.state != Organisation.State.PENDING:
        raise Barred([_("This registration is decided already.")])
    if not approve and not reason.strip():
        raise Barred([_("Give the reason, so that the company knows what to change.")])
    company.state = Organisation.State.APPROVED if approve else Organisation.State.REFUSED
    company.decided_by, company.decided_at, company.refusal_reason = actor, timezone.now(), reason.strip()
    company.save()
    journal.record(
        stream=stream_of(company),
        act="approve" if approve else "refuse",
        actor=actor,
        organisation=company,
        data={"reason": reason.strip()},
    )
    subject, body = (
        (gettext_noop("%(name)s is registered"), gettext_noop("You can now file applications for %(name)s."))
        if approve
        else (
            gettext_noop("%(name)s is not registered"),
            gettext_noop("The registration of %(name)s was refused.\n\nReason: %(reason)s"),
        )
    )
    for membership in company.memberships.select_related("user"):
        notices.write(
            recipient=membership.user,
            application=None,
            subject=subject,
            body=body,
            values={"name": company.name_en, "reason": reason.strip()},
        )
    return company


def _require_admin(organisation: Organisation, actor: User) -> None:
    """Raise `NotAllowed` unless the person administers the company. Its people change one after another."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if not Membership.objects.acting().filter(user=actor, organisation=organisation, role=Role.COMPANY_ADMIN).exists():
        raise NotAllowed(_("Only a company administrator may do this."))


@transaction.atomic
def add_member(
    *, organisation: Organisation, actor: User, email: str, name: str, role: Role, password: str
) -> Membership:
    """Give a person a role in one's company. A person unknown so far gets a log-in with the given first password."""
    _require_admin(organisation, actor)
    if role not in EXPORTER_ROLES:
        raise NotAllowed(_("This role belongs to the authority."))
    person = User.objects.filter(email__iexact=email).first()
    if person and person.memberships.filter(ended_at=None).exclude(organisation=organisation).exists():
        # Whether an address is known elsewhere is nobody's business here: the same words for every such case.
        raise Barred([_("This address cannot be added. Ask the person for another one.")])
    if person is None:
        person = User.objects.create_user(email, password, name=name, language=actor.language)
    if person.memberships.filter(ended_at=None, organisation=organisation, role=role).exists():
        raise Barred([_("%(name)s has this role already.") % {"name": person.name}])
    membership = Membership.objects.create(user=person, organisation=organisation, role=role)
    journal.record(
        stream=stream_of(organisation),
        act="add_member",
        actor=actor,
        organisation=organisation,
        data={"person": person.pk, "role": str(role)},
    )
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, actor: User) -> None:
    """Take a role away, at once. The last administrator stays."""
    _require_admin(membership.organisation, actor)
    row = Membership.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=membership.pk)
    if row.ended_at:
        return
    others = Membership.objects.acting().filter(organisation=row.organisation, role=Role.COMPANY_ADMIN)
    if row.role == Role.COMPANY_ADMIN and not others.exclude(pk=row.pk).exists():
        raise Barred([_("A company keeps at least one administrator. Name another one first.")])
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    journal.record(
        stream=stream_of(row.organisation),
        act="end_membership",
        actor=actor,
        organisation=row.organisation,
        data={"person": row.user_id, "role": row.role},
    )
