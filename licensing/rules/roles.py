"""Roles: what a person does within an organisation. One person may hold several, each in one organisation."""

from enum import StrEnum


class Role(StrEnum):
    """The role of a membership. The first three act for an exporter, the others for an authority."""

    VIEWER = "viewer"
    FILER = "filer"
    COMPANY_ADMIN = "company_admin"
    OFFICER = "officer"
    COUNTERSIGNER = "countersigner"
    LIST_KEEPER = "list_keeper"
    AGENCY_OFFICER = "agency_officer"
    CUSTOMS_OFFICER = "customs_officer"
    AUDITOR = "auditor"


class OrganisationKind(StrEnum):
    EXPORTER = "exporter"
    AUTHORITY = "authority"
    AGENCY = "agency"
    CUSTOMS = "customs"


EXPORTER_ROLES = frozenset({Role.VIEWER, Role.FILER, Role.COMPANY_ADMIN})
FILING_ROLES = frozenset({Role.FILER, Role.COMPANY_ADMIN})
CASE_ROLES = frozenset({Role.OFFICER, Role.COUNTERSIGNER})
OFFICIAL_ROLES = CASE_ROLES | {Role.LIST_KEEPER, Role.AUDITOR}

ROLES_BY_KIND: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.EXPORTER: EXPORTER_ROLES,
    OrganisationKind.AUTHORITY: OFFICIAL_ROLES,
    OrganisationKind.AGENCY: frozenset({Role.AGENCY_OFFICER}),
    OrganisationKind.CUSTOMS: frozenset({Role.CUSTOMS_OFFICER}),
}
