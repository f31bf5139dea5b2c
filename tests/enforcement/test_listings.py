"""The listings of a regime pack: written with the load, asked by day, and a version that moves with every row."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from enforcement.models import Listing, ListingSuspension
from enforcement.services import listings
from licensing.regimes.reader import CN, read
from licensing.rules.periods import Period
from licensing.services import regimes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded() -> None:
    regimes.load(pack=read(CN), source="test", by=None)


def test_are_those_of_the_pack() -> None:
    assert set(listings.listings()) == set(read(CN).law_book().listings)
    assert Listing.objects.count() == 274
    assert ListingSuspension.objects.count() == 16 + 12 + 11 + 6
    assert not ListingSuspension.objects.filter(ordered_by=None).exists()


@pytest.mark.parametrize(
    ("day", "listed", "in_force"),
    [
        (date(2025, 5, 13), 16, 16),
        (date(2025, 5, 14), 16, 0),
        (date(2026, 11, 9), 16, 0),
        (date(2026, 11, 10), 16, 16),
    ],
)
def test_a_suspended_listing_is_listed_and_not_in_force(day: date, listed: int, in_force: int) -> None:
    rows = Listing.objects.filter(announcement="CN-2025-21")
    assert (rows.listed_on(day).count(), rows.in_force_on(day).count()) == (listed, in_force)


def test_reading_them_all_takes_two_queries(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        assert len(listings.listings()) == 274


def test_the_version_stays_without_a_change_and_moves_with_any() -> None:
    first = listings.lists_version()
    regimes.load(pack=read(CN), source="test", by=None)
    assert listings.lists_version() == first
    Listing.objects.filter(name_en="Japan Aerospace Exploration Agency").update(aliases=["JAXA", "Jaxa Agency"])
    second = listings.lists_version()
    assert second != first
    listing = Listing.objects.get(name_en="Japan Aerospace Exploration Agency")
    ListingSuspension.objects.create(listing=listing, period=Period(date(2027, 1, 1)))
    assert listings.lists_version() not in (first, second)


def test_a_name_may_hold_any_character() -> None:
    Listing.objects.filter(name_en="Japan Aerospace Exploration Agency").update(name_en=r"A\B 'x' \x00 航")
    assert len(listings.lists_version()) == 64


def test_two_suspensions_do_not_overlap() -> None:
    suspension = ListingSuspension.objects.first()
    with pytest.raises(IntegrityError, match="listing_suspended_once"), transaction.atomic():
        ListingSuspension.objects.create(listing=suspension.listing, period=suspension.period)


def test_says_name_list_and_announcement() -> None:
    listing = Listing.objects.get(name_en="MP Materials Corp.")
    assert str(listing) == "MP Materials Corp. (Control name list, CN-2026-23)"
