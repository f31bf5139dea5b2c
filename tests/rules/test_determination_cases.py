"""Every law case and every golden scenario, answered as a lawyer would."""

import copy
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from licensing.regimes import reader
from licensing.rules import listings, scenarios
from licensing.rules.determination import Determination, determine
from licensing.rules.law import LawBook, NoLawInForce
from licensing.rules.scenarios import Scenario

CASES = Path(__file__).parent / "law_cases"
BY_FIELD = ("item", "end_use", "facts")
ROLES = {
    "exporter": ("exporter",),
    "consignee": ("consignee",),
    "end_user": ("end_user",),
    "receiver": ("consignee", "end_user"),
}


@cache
def law() -> LawBook:
    return reader.read(reader.CN).law_book()


@cache
def names() -> listings.Index:
    return listings.index(law().listings)


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def read(tree: dict[str, Any]) -> Scenario:
    return scenarios.read(tree, lambda name: listings.match(name, names()))


def answer(tree: dict[str, Any]) -> Determination:
    scenario = read(tree)
    return determine(scenario.facts, law(), on=scenario.on)


def law_cases() -> Iterator[dict[str, Any]]:
    bases = load(CASES / "bases.json")
    for path in sorted(CASES.glob("*.json")):
        if path.name != "bases.json":
            for case in load(path):
                yield {**case, "tree": composed(case, bases)}


def composed(case: dict[str, Any], bases: dict[str, Any]) -> dict[str, Any]:
    """The scenario that a case writes in short."""
    tree = copy.deepcopy(bases["routes"][case["route"]])
    tree |= {"id": case["case"], "as_of": case["on"], "item": copy.deepcopy(bases["goods"][case["goods"]])}
    changes = case.get("change", {})
    tree |= {key: value for key, value in changes.items() if key not in (*BY_FIELD, *ROLES)}
    for field in BY_FIELD:
        tree[field] |= changes.get(field, {})
    for word, roles in ROLES.items():
        for party in tree["parties"]:
            if party["role"] in roles:
                party |= changes.get(word, {})
    return tree


ALL_CASES = list(law_cases())
GOLDEN = load(reader.CN / "golden_scenarios.json")["scenarios"]


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: f"{case['on']} {case['case']}")
def test_the_law_of_the_day(case: dict[str, Any]) -> None:
    expect = case["expect"]
    if expect["outcome"] is None:
        with pytest.raises(NoLawInForce):
            answer(case["tree"])
        return
    got = answer(case["tree"])
    assert (got.outcome.value, got.deciding_measure) == (expect["outcome"], expect["deciding"])
    assert set(expect.get("flags", ())) <= set(got.flags)
    assert not set(expect.get("without", ())) & set(got.flags)
    assert set(expect.get("others", ())) <= set(got.other_measures)
    assert set(expect.get("documents", ())) <= set(got.documents)
    if "documents" in expect and not expect["documents"]:
        assert got.documents == ()
    if "kinds" in expect:
        assert list(got.licence_kinds) == expect["kinds"]
    if "clock" in expect:
        assert got.clock == expect["clock"]


@pytest.mark.parametrize("scenario", GOLDEN, ids=lambda scenario: scenario["id"])
def test_golden_scenario(scenario: dict[str, Any]) -> None:
    got, expected = answer(scenario), scenario["expected"]
    assert (got.outcome.value, got.deciding_measure) == (expected["outcome"], expected["deciding_measure"])
    assert set(expected["flags"]) <= set(got.flags)
    assert set(expected["other_measures"]) <= set(got.other_measures)
    assert list(got.licence_kinds) == expected["licence_kinds"]


def test_cases_are_told_apart() -> None:
    titles = [(case["on"], case["case"]) for case in ALL_CASES]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("key", sorted(measure.key for measure in law().measures))
def test_every_measure_is_named_by_a_case(key: str) -> None:
    assert any(key in case["case"] for case in ALL_CASES)


@pytest.mark.parametrize("ref", sorted({item.announcement for item in law().items}))
def test_first_and_last_day_of_every_entry_is_held_by_a_case(ref: str) -> None:
    held = {case["on"] for case in ALL_CASES if case["expect"]["deciding"] == ref}
    for item in law().items:
        if item.announcement == ref:
            for period in (item.in_force, *(suspension.period for suspension in item.suspensions)):
                # An entry that is suspended before its first day begins when it resumes.
                ahead = date.fromordinal(period.start.toordinal() - 1).isoformat()
                started_suspended = any(period.start in suspension.period for suspension in item.suspensions)
                if period is item.in_force and not started_suspended:
                    assert {period.start.isoformat(), ahead} <= held
                if period.end:
                    last = date.fromordinal(period.end.toordinal() - 1).isoformat()
                    assert {last, period.end.isoformat()} <= held


@pytest.mark.parametrize("ref", sorted({row.announcement for row in law().listings if row.list != "unreliable_entity"}))
def test_first_day_of_every_control_and_watch_listing_is_held_by_a_case(ref: str) -> None:
    first = {listing.in_force.start.isoformat() for listing in law().listings if listing.announcement == ref}
    assert first <= {case["on"] for case in ALL_CASES if case["expect"]["deciding"] == ref}
