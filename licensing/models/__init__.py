"""The tables of licensing, one noun a file."""

from licensing.models.applications import Application, Document, Filing, GoodsLine, Party
from licensing.models.determinations import Determination, Hold
from licensing.models.journal import Journal
from licensing.models.law import Announcement, ControlItem, DestinationMeasure, HsCode, LawVersion, Suspension
from licensing.models.licences import Licence, LicenceLine, Series
from licensing.models.notices import Notice
from licensing.models.organisations import Membership, Organisation, User
from licensing.models.review import Advice, Assignment, Decision, Recommendation, Return, Signature

__all__ = [
    "Advice",
    "Announcement",
    "Application",
    "Assignment",
    "ControlItem",
    "Decision",
    "DestinationMeasure",
    "Determination",
    "Document",
    "Filing",
    "GoodsLine",
    "Hold",
    "HsCode",
    "Journal",
    "LawVersion",
    "Licence",
    "LicenceLine",
    "Membership",
    "Notice",
    "Organisation",
    "Party",
    "Recommendation",
    "Return",
    "Series",
    "Signature",
    "Suspension",
    "User",
]
