"""Typed conditions: the part of a legal text that a machine can decide, kept beside that text.

A condition is a small JSON tree. It answers yes, no or "cannot be told" (`None`), and never guesses: a
parameter that nobody gave, or a test that only a person can make, is "cannot be told" and becomes a flag
for an officer.

    {"all": [C, ...]}  {"any": [C, ...]}  {"not": C}
    {"param": "purity_pct", "op": ">=", "value": "99.99", "unit": "%"}      a measured property of the goods
    {"named": "Sm-Co"}                                                      the goods as such, by what they are
    {"end_use": ["military", "wmd"]}                                        declared end-use category
    {"end_user_in": ["US"]}                                                 final destination or end user's country
    {"party_on": "control_list", "owned_from": "50", "announcement": REF}   consignee, importer or end user is listed
    {"known_concern": true}                                                 exporter knows, or was told, of a concern
    {"breach_of": ["1", "2"]}                                               conduct that those paragraphs forbid
    {"person": "why only a person can tell"}
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

type Answer = bool | None
"""True: applies. False: does not. None: cannot be told from the facts given."""

OPERATORS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
}

# Tests on facts of the case rather than on a measured property: name -> type of its value.
FACT_TESTS: dict[str, type] = {
    "named": str,
    "end_use": list,
    "end_user_in": list,
    "party_on": str,
    "known_concern": bool,
    "breach_of": list,
    "person": str,
}
EXTRA_KEYS = {"party_on": {"owned_from", "announcement"}}


class BadCondition(ValueError):
    """The tree is not a condition; the message says where and why."""


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any_:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class Param:
    """A property of the goods held against a figure, e.g. purity_pct >= 99.99 %."""

    key: str
    op: str
    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A test on the facts of the case; `value` as in the module's table, `extra` its further keys."""

    name: str
    value: Any
    extra: tuple[tuple[str, str], ...] = ()


type Condition = All | Any_ | Not | Param | Fact


def parse(tree: Any, where: str = "condition") -> Condition:
    """Read the JSON form. Raises `BadCondition` with the path to the fault."""
    if not isinstance(tree, Mapping) or not tree:
        raise BadCondition(f"{where}: expected an object with one test, got {tree!r}")
    if "param" in tree:
        return _parse_param(tree, where)
    for key, kind in (("all", All), ("any", Any_)):
        if key in tree:
            _only(tree, {key}, where)
            parts = tree[key]
            if not isinstance(parts, Sequence) or isinstance(parts, str) or not parts:
                raise BadCondition(f"{where}.{key}: expected a list of conditions")
            return kind(tuple(parse(part, f"{where}.{key}[{i}]") for i, part in enumerate(parts)))
    if "not" in tree:
        _only(tree, {"not"}, where)
        return Not(parse(tree["not"], f"{where}.not"))
    for name, kind_of_value in FACT_TESTS.items():
        if name in tree:
            extra_keys = EXTRA_KEYS.get(name, set())
            _only(tree, {name} | extra_keys, where)
            value = tree[name]
            if not isinstance(value, kind_of_value):
                raise BadCondition(f"{where}.{name}: expected a {kind_of_value.__name__}, got {value!r}")
            extra = tuple(sorted((k, str(tree[k])) for k in extra_keys if k in tree))
            return Fact(name, tuple(value) if isinstance(value, list) else value, extra)
    raise BadCondition(f"{where}: unknown test {sorted(tree)!r}")


def _parse_param(tree: Mapping[str, Any], where: str) -> Param:
    _only(tree, {"param", "op", "value", "unit"}, where)
    if tree.get("op") not in OPERATORS:
        raise BadCondition(f"{where}.op: expected one of {' '.join(OPERATORS)}, got {tree.get('op')!r}")
    try:
        value = Decimal(str(tree["value"]))
    except (KeyError, InvalidOperation):
        raise BadCondition(f"{where}.value: expected a number, got {tree.get('value')!r}") from None
    return Param(str(tree["param"]), str(tree["op"]), value, str(tree.get("unit", "")))


def _only(tree: Mapping[str, Any], keys: set[str], where: str) -> None:
    if unknown := set(tree) - keys:
        raise BadCondition(f"{where}: unknown key {', '.join(sorted(map(str, unknown)))}")


def evaluate(
    condition: Condition,
    *,
    parameters: Mapping[str, Decimal],
    fact: Callable[[Fact], Answer],
) -> Answer:
    """Answer a condition in three values: a false part settles `all`, a true part settles `any`, else unknown spreads.

    ``parameters`` are the measured properties of the goods; ``fact`` answers each `Fact` from the case.
    """
    match condition:
        case All(parts):
            return _settle((evaluate(p, parameters=parameters, fact=fact) for p in parts), settles=False)
        case Any_(parts):
            return _settle((evaluate(p, parameters=parameters, fact=fact) for p in parts), settles=True)
        case Not(part):
            answer = evaluate(part, parameters=parameters, fact=fact)
            return None if answer is None else not answer
        case Param(key, op, value):
            given = parameters.get(key)
            return None if given is None else OPERATORS[op](given, value)
        case Fact():
            return fact(condition)


def _settle(answers: Iterable[Answer], *, settles: bool) -> Answer:
    unknown = False
    for answer in answers:
        if answer is settles:
            return settles
        unknown = unknown or answer is None
    return None if unknown else not settles


def parameters_of(condition: Condition) -> tuple[Param, ...]:
    """Every measured property that a condition asks for, in reading order: what a form has to ask."""
    match condition:
        case All(parts) | Any_(parts):
            return tuple(param for part in parts for param in parameters_of(part))
        case Not(part):
            return parameters_of(part)
        case Param():
            return (condition,)
        case Fact():
            return ()


def facts_of(condition: Condition | None) -> tuple[Fact, ...]:
    """Every test on the facts of the case that a condition holds, in reading order."""
    match condition:
        case All(parts) | Any_(parts):
            return tuple(fact for part in parts for fact in facts_of(part))
        case Not(part):
            return facts_of(part)
        case Fact():
            return (condition,)
        case _:
            return ()
