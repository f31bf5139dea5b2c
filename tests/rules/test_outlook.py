"""What the law that is known now will say later."""

from datetime import date

import pytest

from licensing.regimes.reader import CN, read
from licensing.rules.facts import Facts, Goods, PartyFacts
from licensing.rules.findings import Outcome
from licensing.rules.law import NoLawInForce
from licensing.rules.outlook import next_change

BOOK = read(CN).law_book()


def ingot(destination: str) -> Facts:
    return Facts(
        goods=(Goods(item_code="3C003.b", origin="CN"),),
        parties=(PartyFacts("end_user", "Lakeside Flame Retardants", destination),),
        final_destination=destination,
        end_use="civil",
    )


@pytest.mark.parametrize(
    ("on", "day", "outcome", "unless_extended"),
    [
        (date(2024, 9, 14), date(2024, 9, 15), Outcome.LICENCE_REQUIRED, False),
        (date(2024, 12, 2), date(2024, 12, 3), Outcome.PRESUMPTION_OF_DENIAL, False),
        (date(2025, 11, 8), date(2025, 11, 9), Outcome.LICENCE_REQUIRED, False),
        (date(2026, 11, 20), date(2026, 11, 28), Outcome.PRESUMPTION_OF_DENIAL, True),
        (date(2026, 11, 27), date(2026, 11, 28), Outcome.PRESUMPTION_OF_DENIAL, True),
    ],
)
def test_the_first_day_with_another_outcome(on: date, day: date, outcome: Outcome, unless_extended: bool) -> None:
    change = next_change(ingot("US"), BOOK, on=on)
    assert change is not None
    assert (change.on, change.determination.outcome, change.unless_extended) == (day, outcome, unless_extended)


def test_no_change_where_nothing_turns() -> None:
    assert next_change(ingot("US"), BOOK, on=date(2026, 11, 28)) is None
    assert next_change(ingot("TH"), BOOK, on=date(2026, 11, 20)) is None


def test_a_day_without_law_is_an_error() -> None:
    with pytest.raises(NoLawInForce):
        next_change(ingot("US"), BOOK, on=date(2019, 1, 1))
