"""Scenarios as files: what is read, and what every error says."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from licensing.rules.scenarios import BadScenario, read, read_all

GOOD: dict[str, Any] = {
    "id": "S-1",
    "as_of": "2025-06-20",
    "item": {"item_code": "3C003.b", "quantity": 20000, "parameters": {"purity_pct": 99.65, "input_origin": "CN"}},
    "parties": [
        {"role": "end_user", "name": "Lakeside", "country": "us", "owned_by": [{"name": "O", "percent": "49.9"}]}
    ],
    "final_destination": "US",
    "end_use": {"category": "civil"},
}


def no_listing(name: str) -> tuple[()]:
    return ()


def test_a_scenario_is_read_exactly() -> None:
    scenario = read(GOOD, no_listing)
    facts = scenario.facts
    assert (scenario.id, scenario.on) == ("S-1", date(2025, 6, 20))
    assert facts.goods[0].parameters == {"purity_pct": Decimal("99.65"), "input_origin": "CN"}
    assert facts.goods[0].quantity == Decimal(20000)
    assert facts.parties[0].country == "US"
    assert facts.parties[0].owned_by[0].percent == Decimal("49.9")
    assert (facts.transaction, facts.declared_destination) == ("export", "")


def test_a_property_of_zero_is_told() -> None:
    scenario = read({**GOOD, "item": {"parameters": {"dy_pct": "0", "tb_pct": 0}}}, no_listing)
    assert scenario.facts.goods[0].parameters == {"dy_pct": Decimal(0), "tb_pct": Decimal(0)}


def test_a_property_that_nobody_gave_is_left_out() -> None:
    scenario = read({**GOOD, "item": {"parameters": {"dy_pct": None, "tb_pct": ""}}}, no_listing)
    assert scenario.facts.goods[0].parameters == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"as_of": "2025-13-01"}, ["S-1", "as_of", "2025-13-01"]),
        ({"as_of": None}, ["S-1", "as_of"]),
        ({"transaction": "gift"}, ["S-1", "transaction", "gift", "reexport"]),
        ({"end_use": {"category": "peaceful"}}, ["S-1", "end_use.category", "peaceful"]),
        ({"final_destination": "USA"}, ["S-1", "final_destination", "USA"]),
        ({"transit": "TH"}, ["S-1", "transit", "list"]),
        ({"transit": ["THA"]}, ["S-1", "transit", "THA"]),
        ({"item": "antimony"}, ["S-1", "item", "object"]),
        ({"item": {"quantity": "much"}}, ["S-1", "item.quantity", "much"]),
        ({"item": {"quantity": True}}, ["S-1", "item.quantity"]),
        ({"item": {"quantity": "NaN"}}, ["S-1", "item.quantity", "finite"]),
        ({"parties": [{"role": "end_user", "name": 7}]}, ["S-1", "parties[0].name"]),
        ({"parties": [{"owned_by": [{"percent": 101}]}]}, ["S-1", "parties[0].owned_by[0].percent", "101"]),
        ({"parties": ["x"]}, ["S-1", "parties[0]"]),
    ],
)
def test_an_error_names_scenario_field_and_value(change: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(BadScenario) as error:
        read({**GOOD, **change}, no_listing)
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize("tree", [None, 3, {}, {"scenarios": {}}])
def test_a_file_must_hold_a_list(tree: Any) -> None:
    with pytest.raises(BadScenario, match="list of scenarios"):
        read_all(tree, no_listing)


def test_a_scenario_without_id_is_named_by_its_place() -> None:
    with pytest.raises(BadScenario, match="Scenario 2"):
        read_all([GOOD, {}], no_listing)
