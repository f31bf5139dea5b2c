"""The tables of enforcement, one noun a file."""

from enforcement.models.listings import Listing, ListingSuspension
from enforcement.models.screening import Hit, Screening

__all__ = ["Hit", "Listing", "ListingSuspension", "Screening"]
