"""The answer to a case: a determination of its lines and of the whole, and how it is kept as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from licensing.rules.findings import Cite, Outcome, Reason

type Clock = Literal["45_working_days", "no_limit", "none"]
"""How long the authority may take: working days by law, no limit, or nothing to decide."""


@dataclass(frozen=True, slots=True)
class LineDetermination:
    """What the law says of one line. ``item_*`` name the entry that covers it or comes nearest, if any."""

    line: int
    outcome: Outcome
    deciding_measure: str
    item_key: str
    item_code: str
    item_name: str
    classification: str
    other_measures: tuple[str, ...]
    licence_kinds: tuple[str, ...]
    flags: tuple[str, ...]
    documents: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Determination:
    """What the law of ``on`` says of the whole case: the gravest line decides, flags and measures are united."""

    outcome: Outcome
    deciding_measure: str
    other_measures: tuple[str, ...]
    licence_kinds: tuple[str, ...]
    flags: tuple[str, ...]
    documents: tuple[str, ...]
    clock: Clock
    reasons: tuple[Reason, ...]
    lines: tuple[LineDetermination, ...]
    law_version: str
    on: date


def to_json(determination: Determination) -> dict[str, Any]:
    """The determination as plain JSON values; `from_json` gives back an equal one."""
    return asdict(determination, dict_factory=_plain)


def from_json(tree: Mapping[str, Any]) -> Determination:
    """Read back what `to_json` wrote. Raises KeyError or ValueError when it was not written by it."""
    return Determination(
        **_shared(tree),
        clock=tree["clock"],
        lines=tuple(_line_from_json(line) for line in tree["lines"]),
        law_version=tree["law_version"],
        on=date.fromisoformat(tree["on"]),
    )


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: _plain_value(value) for key, value in pairs}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Outcome):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _shared(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "outcome": Outcome(tree["outcome"]),
        "deciding_measure": tree["deciding_measure"],
        **{key: tuple(tree[key]) for key in ("other_measures", "licence_kinds", "flags", "documents")},
        "reasons": tuple(_reason_from_json(reason) for reason in tree["reasons"]),
    }


def _line_from_json(tree: Mapping[str, Any]) -> LineDetermination:
    plain = {key: tree[key] for key in ("line", "item_key", "item_code", "item_name", "classification")}
    return LineDetermination(**_shared(tree), **plain)


def _reason_from_json(tree: Mapping[str, Any]) -> Reason:
    return Reason(
        rule=tree["rule"],
        verdict=tree["verdict"],
        sentence=tree["sentence"],
        values=dict(tree["values"]),
        cites=tuple(Cite(**cite) for cite in tree["cites"]),
        children=tuple(_reason_from_json(child) for child in tree["children"]),
    )
