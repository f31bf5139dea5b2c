"""Scenarios: cases as JSON files, in the schema of the regime pack's README, read into `Facts` with plain errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from licensing.rules.facts import END_USES, TRANSACTIONS, Facts, Goods, Owner, PartyFacts
from licensing.rules.law import Listing

type Screen = Callable[[str], tuple[Listing, ...]]
"""The listings found for a name."""


class BadScenario(ValueError):
    """A scenario cannot be read; the message names the scenario, the field and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One case with the day whose law applies."""

    id: str
    on: date
    facts: Facts


def read_all(tree: Any, screen: Screen) -> tuple[Scenario, ...]:
    """Read a file's content: ``{"scenarios": [...]}`` or a bare list. Raises `BadScenario`."""
    scenarios = tree.get("scenarios") if isinstance(tree, Mapping) else tree
    if not isinstance(scenarios, list):
        raise BadScenario('The file must hold a list of scenarios, or an object with a list named "scenarios".')
    return tuple(read(scenario, screen, number) for number, scenario in enumerate(scenarios, 1))


def read(tree: Any, screen: Screen, number: int = 1) -> Scenario:
    """Read one scenario; ``number`` names it in errors when it has no id. Raises `BadScenario`."""
    source = _Source(tree, f"Scenario {number}", "")
    if isinstance(tree, Mapping) and isinstance(tree.get("id"), str) and tree["id"]:
        source = _Source(tree, f"Scenario {tree['id']}", "")
    end_use = source.part("end_use")
    items = source.parts("items") if "items" in source.tree else (source.part("item"),)
    known = source.part("facts").tree
    facts = Facts(
        transaction=source.choice("transaction", TRANSACTIONS, "export"),
        ship_from=source.country("ship_from"),
        goods=tuple(_goods(item, line) for line, item in enumerate(items, 1)),
        parties=tuple(_party(party, screen) for party in source.parts("parties")),
        declared_destination=source.country("declared_destination"),
        final_destination=source.country("final_destination"),
        transit=tuple(_country(value, source, "transit") for value in source.values("transit")),
        end_use=end_use.choice("category", END_USES, "unknown"),
        end_use_text=end_use.text("text"),
        known=dict(known),
    )
    return Scenario(source.text("id") or str(number), source.day("as_of"), facts)


def _goods(source: "_Source", line: int) -> Goods:
    parameters = source.part("parameters")
    return Goods(
        line=line,
        description=source.text("description"),
        item_code=source.text("item_code") or None,
        family=source.text("family") or None,
        hs_declared=source.text("hs_declared"),
        hs_assessed=source.text("hs_assessed"),
        quantity=source.figure("quantity"),
        unit=source.text("unit"),
        origin=source.country("origin"),
        parameters={key: parameters.measured(key) for key, value in parameters.tree.items() if value not in (None, "")},
    )


def _party(source: "_Source", screen: Screen) -> PartyFacts:
    name = source.text("name")
    owners = (
        Owner(owner.text("name"), owner.country("country"), owner.percent("percent"), screen(owner.text("name")))
        for owner in source.parts("owned_by")
    )
    return PartyFacts(source.text("role"), name, source.country("country"), tuple(owners), screen(name))


@dataclass(frozen=True, slots=True)
class _Source:
    """A part of a scenario that knows where it stands, so that every error can say so."""

    tree: Any
    scenario: str
    path: str

    def __post_init__(self) -> None:
        if not isinstance(self.tree, Mapping):
            raise BadScenario(f"{self.scenario}: {self.path.rstrip('.') or 'it'} must be an object, not {self.tree!r}.")

    def fail(self, field: str, problem: str) -> BadScenario:
        return BadScenario(f"{self.scenario}: {self.path}{field} {problem}")

    def part(self, field: str) -> "_Source":
        return _Source(self.tree.get(field) or {}, self.scenario, f"{self.path}{field}.")

    def parts(self, field: str) -> tuple["_Source", ...]:
        return tuple(_Source(v, self.scenario, f"{self.path}{field}[{n}].") for n, v in enumerate(self.values(field)))

    def values(self, field: str) -> list[Any]:
        value = self.tree.get(field) or []
        if not isinstance(value, list):
            raise self.fail(field, f"must be a list, not {value!r}.")
        return value

    def text(self, field: str) -> str:
        value = self.tree.get(field)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.fail(field, f"must be a text, not {value!r}.")
        return value.strip()

    def choice(self, field: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(field) or default
        if value not in allowed:
            raise self.fail(field, f"must be one of {', '.join(allowed)}, not {value!r}.")
        return value

    def country(self, field: str) -> str:
        return _country(self.tree.get(field), self, field)

    def day(self, field: str) -> date:
        try:
            return date.fromisoformat(self.text(field))
        except ValueError:
            raise self.fail(field, f"must be a day such as 2024-12-03, not {self.tree.get(field)!r}.") from None

    def figure(self, field: str) -> Decimal | None:
        value = self.tree.get(field)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
            raise self.fail(field, f"must be a number, not {value!r}.")
        try:
            figure = Decimal(str(value))
        except InvalidOperation:
            raise self.fail(field, f"must be a number, not {value!r}.") from None
        if not figure.is_finite():
            raise self.fail(field, f"must be a finite number, not {value!r}.")
        return figure

    def percent(self, field: str) -> Decimal | None:
        figure = self.figure(field)
        if figure is not None and not 0 <= figure <= 100:
            raise self.fail(field, f"must lie between 0 and 100, not {figure}.")
        return figure

    def measured(self, field: str) -> Decimal | str:
        """A property: a number where it can be read as one, else the text as given."""
        value = self.tree[field]
        try:
            figure = self.figure(field)
        except BadScenario:
            if not isinstance(value, str):
                raise
            return value.strip()
        if figure is None:
            raise self.fail(field, "must be a number or a text.")
        return figure


def _country(value: Any, source: _Source, field: str) -> str:
    if value is None or value == "":
        return ""
    if (
        not isinstance(value, str)
        or len(value.strip()) != 2
        or not value.strip().isascii()
        or not value.strip().isalpha()
    ):
        raise source.fail(field, f"must be a country code of two letters such as TH, not {value!r}.")
    return value.strip().upper()
