"""Names of listed parties, matched exactly after normalisation."""

from datetime import date

import pytest

from licensing.rules.law import Listing
from licensing.rules.listings import index, match, normalise
from licensing.rules.periods import Period
from tests.rules.test_determination_cases import law


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rheinmetall AG", "RHEINMETALL A.G."),
        ("SUBARU Corporation", "Subaru Corp."),
        ("Gibbs&Cox, Inc.", "Gibbs & Cox"),
        ("ＳＵＢＡＲＵ", "subaru"),
        ("Red  Cat Holdings, Inc.", "Red Cat Holdings"),
        ("斯巴鲁株式会社", "斯巴鲁"),
        ("EXCALIBUR ARMY spol.s.r.o", "Excalibur Army"),
        ("Aerospace Industrial Development Corp.", "Aerospace Industrial Development Corporation"),
    ],
)
def test_the_same_name(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rheinmetall AG", "Rheinmetal AG"),
        ("Lockheed Martin Corporation", "Lockheed Martin Aeronautics"),
        ("漢翔航空工業", "汉翔航空工业"),
    ],
)
def test_not_the_same_name(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("name", ["Inc.", "Co., Ltd.", "公司"])
def test_a_legal_form_alone_stays_a_name(name: str) -> None:
    assert normalise(name)


@pytest.mark.parametrize("name", ["", "  ", "-", "..."])
def test_no_name_matches_nothing(name: str) -> None:
    assert match(name, law().listings) == ()


def test_every_name_of_every_listing_finds_it() -> None:
    by_name = index(law().listings)
    for listing in law().listings:
        assert all(listing in match(name, by_name) for name in listing.names)


def test_all_listings_of_one_company_are_found() -> None:
    found = match("Skydio", law().listings)
    assert {listing.list for listing in found} == {"control_list", "unreliable_entity"}


def test_a_listing_with_two_spellings_of_one_name_is_found_once() -> None:
    listing = Listing("control_list", "CN-2026-99", ("Alpha Inc.", "ALPHA, INC"), "US", Period(date(2026, 1, 1)))
    assert match("alpha", [listing]) == (listing,)
