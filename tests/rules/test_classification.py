"""Which entry describes the goods, tried on the entries of the shipped pack."""

from datetime import date
from decimal import Decimal

import pytest

from licensing.rules.classification import Standing, classify, classify_as_declared, digits
from licensing.rules.facts import Goods
from tests.rules.test_determination_cases import law

DAY = date(2026, 11, 22)


def standing(goods: Goods) -> tuple[Standing, str]:
    found = classify(goods, law().on(DAY))
    return found.standing, (found.item.code or found.item.key) if found.item else ""


@pytest.mark.parametrize(
    ("purity", "expected"),
    [("99.99", Standing.LISTED), ("99.9899", Standing.NEAR_THRESHOLD), ("100", Standing.LISTED)],
)
def test_a_threshold_on_both_sides_and_on_the_line(purity: str, expected: Standing) -> None:
    goods = Goods(family="antimony", hs_declared="2825800010", parameters={"purity_pct": Decimal(purity)})
    assert standing(goods) == (expected, "3C003.c")


def test_assay_beats_statement() -> None:
    parameters = {
        "purity_pct_declared": Decimal("99.5"),
        "purity_pct": Decimal("99.6"),
        "purity_pct_assay": Decimal("99.99"),
    }
    goods = Goods(family="antimony", hs_declared="2825800010", parameters=parameters)
    assert standing(goods)[0] is Standing.LISTED
    assert classify_as_declared(goods, law().on(DAY)).standing is Standing.NEAR_THRESHOLD


def test_the_assessed_customs_code_beats_the_declared_one() -> None:
    goods = Goods(hs_declared="7408110000", hs_assessed="8110.10.1000")
    assert standing(goods) == (Standing.LISTED, "3C003.b")
    assert classify_as_declared(goods, law().on(DAY)).standing is Standing.NOT_LISTED


def test_an_entry_without_code_can_be_claimed_by_its_key() -> None:
    key = next(item.key for item in law().items if not item.code)
    assert standing(Goods(item_code=key)) == (Standing.LISTED, key)


def test_a_shared_code_is_told_apart_by_the_description() -> None:
    shared = "2853909040"
    assert standing(Goods(hs_declared=shared, description="Indium gallium arsenide wafer"))[1] == "3C001.f"
    basket = "2931900032"
    assert standing(Goods(hs_declared=basket))[0] is Standing.UNCLEAR
    assert standing(Goods(hs_declared=basket, description="Triphenylbismuth"))[1] == "6C001.c"


def test_a_tariff_line_of_eight_digits_covers_its_customs_codes() -> None:
    goods = Goods(hs_declared="8507600090", parameters={"energy_density_wh_kg": Decimal(310)})
    assert standing(goods) == (Standing.LISTED, "3A001")


def test_artificial_and_natural_graphite_share_a_code() -> None:
    figures = {"purity_pct": Decimal("99.5"), "flexural_mpa": Decimal(40), "density_g_cm3": Decimal("1.8")}
    artificial = Goods(
        family="graphite", hs_declared="6815190020", description="Artificial graphite rod", parameters=figures
    )
    assert standing(artificial) == (Standing.NEAR_THRESHOLD, "1C108.b")
    natural = Goods(family="graphite", hs_declared="6815190020", description="Natural flake graphite foil")
    assert standing(natural) == (Standing.LISTED, "1C108.c")


def test_an_element_outside_the_family_s_entries_stays_unclear() -> None:
    goods = Goods(family="rare_earth_mh", hs_declared="2846909090", description="Neodymium oxide")
    assert standing(goods)[0] is Standing.UNCLEAR


@pytest.mark.parametrize("hs", ["", "81", "8110"])
def test_too_little_to_classify_by(hs: str) -> None:
    assert standing(Goods(hs_declared=hs))[0] is Standing.UNCLEAR


def test_punctuation_in_codes_does_not_count() -> None:
    assert digits("8110.10.10 00") == "8110101000"
