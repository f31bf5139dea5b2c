"""conditions.json of a regime pack: legal texts and what they encode, checked key by key.

    {"items": {KEY: {"text": "...", "condition": TREE or null, "note": "why so"}}, "measures": {KEY: {...}}}

``text`` repeats the legal text word by word; ``condition`` is the tree that stands for it (see `conditions`), or null
where the text sets no test of its own because the name of the goods already says it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from licensing.rules import conditions, sheets
from licensing.rules.conditions import All, Any_, BadCondition, Condition, Fact, Not, Param
from licensing.rules.countries import COUNTRIES
from licensing.rules.law_rows import Tree
from licensing.rules.parameters import PARAMETERS
from licensing.rules.sheets import Fault

SECTIONS = ("items", "measures")
END_USES = frozenset({"civil", "military", "wmd", "terrorism"})
PARTY_LISTS = frozenset({"control_list", "watch_list", "unreliable_entity"})


@dataclass(frozen=True, slots=True)
class Encoding:
    text: str
    condition: Tree | None
    line: int


type Encodings = dict[tuple[str, str], Encoding]
"""Section and key of a row -> its encoding."""


def read(content: bytes, file: str, faults: list[Fault]) -> Encodings:
    """Read the file; whatever is not an encoding becomes a fault with the line of its key."""
    text = sheets.decode(file, content, faults)
    if text is None:
        return {}
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = dict(pairs)
        if len(seen) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.extend(name for name in seen if names.count(name) > 1)
        return seen

    try:
        sections = json.loads(text, object_pairs_hook=unique, parse_float=str)
    except json.JSONDecodeError as error:
        faults.append(Fault(file, error.lineno, "", f"is not JSON: {error.msg}"))
        return {}
    faults.extend(Fault(file, _line(text, name, last=True), name, "the key appears twice") for name in repeated)
    if not isinstance(sections, Mapping) or not set(sections) <= set(SECTIONS):
        faults.append(Fault(file, 1, "", "expected an object with the keys items and measures"))
        return {}
    found: Encodings = {}
    for section, entries in sections.items():
        if not isinstance(entries, Mapping):
            faults.append(Fault(file, _line(text, section), section, "expected an object of encodings by key"))
            continue
        for key, entry in entries.items():
            line, column = _line(text, key), f"{section}.{key}"
            if reason := _malformed(entry):
                faults.append(Fault(file, line, column, reason))
                continue
            found[section, key] = Encoding(entry["text"], entry["condition"], line)
    return found


def check(found: Encodings, refs: set[str], faults: list[Fault], *, with_references: bool) -> None:
    """Refuse a tree that is no condition, or that names a parameter, unit, country, list or announcement unknown."""
    for (section, key), encoding in found.items():
        if encoding.condition is None:
            continue
        column = f"{section}.{key}.condition"
        try:
            condition = conditions.parse(encoding.condition)
        except BadCondition as error:
            faults.append(Fault("conditions.json", encoding.line, column, str(error)))
            continue
        known_refs = refs if with_references else None
        faults.extend(
            Fault("conditions.json", encoding.line, column, reason) for reason in _unknown(condition, known_refs)
        )


def _malformed(entry: Any) -> str | None:
    if not isinstance(entry, Mapping) or not {"text", "condition"} <= set(entry) <= {"text", "condition", "note"}:
        return "expected an object with text, condition and perhaps note"
    if not isinstance(entry["text"], str) or not isinstance(entry.get("note", ""), str):
        return "text and note are words"
    if entry["condition"] is not None and not isinstance(entry["condition"], Mapping):
        return "condition is an object or null"
    return None


def _unknown(condition: Condition, refs: set[str] | None) -> list[str]:
    match condition:
        case All(parts) | Any_(parts):
            return [reason for part in parts for reason in _unknown(part, refs)]
        case Not(part):
            return _unknown(part, refs)
        case Param(key, _, value, unit):
            if key not in PARAMETERS:
                return [f"parameter {key!r} is not known"]
            if unit != PARAMETERS[key]:
                return [f"parameter {key} is given in {PARAMETERS[key]}, not in {unit or 'nothing'}"]
            return [] if value.is_finite() else [f"parameter {key} is held against {value}, which is no number"]
        case Fact():
            return _unknown_facts(condition, refs)


def _unknown_facts(fact: Fact, refs: set[str] | None) -> list[str]:
    extra = dict(fact.extra)
    reasons = []
    match fact.name:
        case "end_use":
            reasons += [f"end use {use!r} is not known" for use in fact.value if use not in END_USES]
        case "end_user_in":
            reasons += [f"country {code!r} is not known" for code in fact.value if code not in COUNTRIES | {"EU"}]
        case "party_on":
            if fact.value not in PARTY_LISTS:
                reasons.append(f"list {fact.value!r} is not known")
            if refs is not None and extra.get("announcement", "") not in refs | {""}:
                reasons.append(f"announcement {extra['announcement']!r} is not a ref of announcements.csv")
            if not _percent(extra.get("owned_from", "50")):
                reasons.append(f"owned_from {extra['owned_from']!r} is not a percentage")
    if fact.value in ("", ()):
        reasons.append(f"{fact.name} is empty")
    return reasons


def _percent(value: str) -> bool:
    try:
        return 0 < Decimal(value) <= 100
    except InvalidOperation:
        return False


def _line(text: str, key: str, *, last: bool = False) -> int:
    mark = f"{json.dumps(key, ensure_ascii=False)}:"
    position = text.rfind(mark) if last else text.find(mark)
    return text.count("\n", 0, position) + 1 if position >= 0 else 1
