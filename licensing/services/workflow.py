"""The one door for an application's status, and the checks that every act shares."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from licensing.models import Application, Membership, User
from licensing.rules.roles import EXPORTER_ROLES, Role
from licensing.rules.workflow import CLOSED, IllegalMove, target_of
from licensing.services import journal
from licensing.services.errors import NotAllowed


def roles_towards(application: Application, person: User) -> frozenset[Role]:
    """The roles a person has towards this case: exporter roles of its own organisation, official roles of any.

    Whoever acts or ever acted for the exporter has no official role towards its cases, whatever else the person is;
    the database refuses such a person's signature, too.
    """
    own: set[Role] = set()
    official: set[Role] = set()
    for organisation, role in Membership.objects.acting().filter(user=person).values_list("organisation_id", "role"):
        if Role(role) in EXPORTER_ROLES:
            if organisation == application.organisation_id:
                own.add(Role(role))
        else:
            official.add(Role(role))
    if official and Membership.objects.filter(user=person, organisation=application.organisation_id).exists():
        official = set()
    return frozenset(own or official)


def require(application: Application, person: User, wanted: frozenset[Role]) -> None:
    """Raise `NotAllowed` unless the person has one of the roles towards this case."""
    if not roles_towards(application, person) & wanted:
        raise NotAllowed(_("You may not do this on %(reference)s.") % {"reference": application.reference})


def locked(application: Application) -> Application:
    """The row as it is now, locked until the end of the transaction."""
    return Application.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=application.pk)


def move(application: Application, name: str, *, actor: User, data: Mapping[str, Any] | None = None) -> None:
    """Make a move of the table on a locked row and journal it. Raises `NotAllowed` where the table does not hold it."""
    before = application.stage
    try:
        after = target_of(name, status=before, roles=roles_towards(application, actor))
    except IllegalMove as refusal:
        raise NotAllowed(
            _("This cannot be done while %(reference)s is “%(status)s”, or not by you.")
            % {"reference": application.reference, "status": application.get_status_display()}
        ) from refusal
    application.status = after
    application.version += 1
    if after in CLOSED:
        application.closed_at = timezone.now()
    application.save()
    journal.record(
        stream=application.stream,
        act=name,
        actor=actor,
        organisation=application.organisation,
        data={"from": str(before), "to": str(after), **(data or {})},
    )
