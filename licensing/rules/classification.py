"""Which entry of the control list describes the goods: listed, near a threshold, not listed, or unclear.

Control codes and measured properties come first, customs codes second: catalogue codes are references only, and goods
that meet a description are controlled without any code (CN-2024-51; practice of the October 2025 notices).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from licensing.rules.conditions import Answer, Fact, evaluate, parameters_of
from licensing.rules.facts import Goods
from licensing.rules.findings import Reason, Verdict, gettext_noop
from licensing.rules.law import ControlItem, LawOfDay


class Standing(StrEnum):
    LISTED = "listed"
    NEAR_THRESHOLD = "near_threshold"
    NOT_LISTED = "not_listed"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Classification:
    """The standing of a line; ``item`` decides or comes nearest, ``candidates`` are all that may cover the goods."""

    standing: Standing
    reason: Reason
    item: ControlItem | None = None
    candidates: tuple[ControlItem, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def families(self) -> frozenset[str]:
        return frozenset(item.family for item in self.candidates)


@dataclass(frozen=True, slots=True)
class _View:
    """The goods as one side describes them."""

    code: str
    family: str
    hs: str
    description: str
    parameters: Mapping[str, Decimal]

    def meets(self, item: ControlItem) -> Answer:
        """Whether the goods meet the entry's condition; an entry without one is met."""
        if item.condition is None:
            return True
        return evaluate(item.condition, parameters=self.parameters, fact=self._fact)

    def _fact(self, fact: Fact) -> Answer:
        if fact.name == "named":
            name = _words(str(fact.value)).rstrip()
            return True if f"{name} " in self.description or f"{name}s " in self.description else None
        return None


def classify(goods: Goods, law: LawOfDay) -> Classification:
    """Classify by the best evidence: assessed code before declared, assay before statement."""
    return _classify(_view(goods, goods.hs_assessed or goods.hs_declared, ("_assay", "", "_declared")), law)


def classify_as_declared(goods: Goods, law: LawOfDay) -> Classification:
    """Classify by what the exporter declares alone."""
    return _classify(_view(goods, goods.hs_declared or goods.hs_assessed, ("_declared", "")), law)


def digits(code: str) -> str:
    """A customs code without its dots and spaces."""
    return code if code.isdigit() else "".join(filter(str.isdigit, code))


def operates(item: ControlItem, law: LawOfDay) -> bool:
    """Whether the entry's control is in force and not suspended on the day."""
    return law.day in item.in_force and not item.suspended(law.day)


def _view(goods: Goods, hs: str, suffixes: tuple[str, ...]) -> _View:
    return _View(
        code=(goods.item_code or "").strip(),
        family=goods.family or "",
        hs=digits(hs),
        description=_words(f"{goods.description} {goods.parameters.get('alloy', '')}"),
        parameters=_parameters(goods.parameters, suffixes),
    )


def _parameters(given: Mapping[str, Decimal | str], suffixes: tuple[str, ...]) -> dict[str, Decimal]:
    chosen: dict[str, Decimal] = {}
    for key in given:
        name = key.removesuffix("_assay").removesuffix("_declared")
        if name not in chosen:
            values = (given.get(name + suffix) for suffix in suffixes)
            figure = next((value for value in values if isinstance(value, Decimal)), None)
            if figure is not None:
                chosen[name] = figure
    return chosen


@lru_cache(maxsize=4096)
def _words(text: str) -> str:
    """Text as words between single spaces, so that " sm-co " is found in it as a whole name only."""
    return "".join(
        ("-", c, " ")[0 if c in "‐‑–" else 1 if c.isalnum() or c == "-" else 2] for c in f" {text.casefold()} "
    )


@lru_cache(maxsize=4096)
def _phrases(name_en: str, name_zh: str) -> tuple[str, ...]:
    """What may stand for an entry in a description: its Chinese name up to a bracket, its English name shortened."""
    words = _words(name_en.split("(")[0]).split()
    english = [f" {' '.join(words[:count])}" for count in range(len(words), 0, -1)]
    chinese = name_zh.split("（")[0].split("(")[0].strip()
    return (*([chinese] if chinese else []), *(phrase for phrase in english if len(phrase) > 4))


def _likeness(description: str, item: ControlItem) -> int:
    """How much of the entry's name the description holds: 0 for nothing, more for a longer part."""
    phrases = _phrases(item.name_en, item.name_zh)
    return next((len(phrases) - n for n, phrase in enumerate(phrases) if phrase in description), 0)


def _classify(view: _View, law: LawOfDay) -> Classification:
    if view.code:
        return _by_code(view, law)
    exact = law.items_by_hs.get(view.hs, ()) if view.hs else ()
    if len(view.hs) == 10:
        exact += tuple(item for item in law.items_by_hs.get(view.hs[:8], ()) if item not in exact)
    if exact:
        return _by_customs_code(view, law, exact)
    return _by_heading(view, law)


def _by_code(view: _View, law: LawOfDay) -> Classification:
    """A claimed entry stands unless its own threshold says otherwise; a code that is not in the list proves nothing."""
    item = law.items_by_code.get(view.code) or law.items_by_key.get(view.code)
    if item is None:
        return _unclear(
            (),
            gettext_noop("{code} is not a code of the control list: the entry has to be found."),
            {"code": view.code},
        )
    match view.meets(item):
        case False:
            return _near(item)
        case None:
            return _listed(
                item,
                gettext_noop("{code} is claimed, but what its threshold asks for is not fully given."),
                flags=("parameters_missing",),
                verdict="person",
            )
        case _:
            return _listed(item, gettext_noop("{code} {name} describes the goods."))


def _by_customs_code(view: _View, law: LawOfDay, exact: tuple[ControlItem, ...]) -> Classification:
    """Entries that name this very customs code; a code shared by several families needs the family to be told."""
    pool = _narrowed(view, exact)
    if len({item.family for item in pool}) > 1:
        return _unclear(
            _in_order(pool, law),
            gettext_noop("Customs code {hs} belongs to several families of controlled goods: state which it is."),
            {"hs": view.hs},
        )
    return _decide(view, law, pool, certain=True)


def _by_heading(view: _View, law: LawOfDay) -> Classification:
    """No entry names the code: entries under the same six digits decide, within the family stated or known for them."""
    stated = view.family if view.family in law.items_by_family else ""
    heading = view.hs[:6] if len(view.hs) >= 6 else ""
    if not heading:
        return _without_customs_code(view, law, stated)
    coded = law.items_by_heading.get(heading, ())
    families = law.families_by_heading.get(heading, frozenset()) | {item.family for item in coded}
    if stated and stated not in families:
        return _unclear(
            _in_order(law.items_by_family[stated], law),
            gettext_noop("Goods of this family are not known under customs code {hs}: one of the two must be wrong."),
            {"hs": view.hs},
        )
    if not families:
        return Classification(
            Standing.NOT_LISTED,
            Reason(
                "classification",
                "not",
                gettext_noop("No entry of the control list lies under customs code {hs}."),
                {"hs": view.hs},
            ),
        )
    wanted = {stated} if stated else families
    codeless = (item for family in sorted(wanted) for item in law.items_by_family[family] if not item.hs_codes)
    pool = tuple(item for item in coded if item.family in wanted) + tuple(
        item for item in codeless if _may_cover(view, item)
    )
    pool = _narrowed(view, pool)
    sure = bool(stated) or any(_likeness(view.description, item) for item in pool)
    return _decide(view, law, pool, certain=False, sure=sure and len({item.family for item in pool}) == 1)


def _without_customs_code(view: _View, law: LawOfDay, stated: str) -> Classification:
    """Family and properties alone decide only for entries that carry no customs code, such as magnets."""
    entries = law.items_by_family.get(stated, ()) if stated else ()
    if entries and not any(item.hs_codes for item in entries):
        pool = tuple(item for item in entries if _may_cover(view, item))
        if pool:
            return _decide(view, law, pool, certain=True)
    return _unclear(
        _in_order(_narrowed(view, entries), law),
        gettext_noop("Neither a control code nor a customs code is given: the entry has to be found."),
        {},
    )


def _may_cover(view: _View, item: ControlItem) -> bool:
    """Whether an entry without customs codes is in question: it asks for a property, or the description names it."""
    if item.condition is not None and (parameters_of(item.condition) or view.meets(item)):
        return True
    return _likeness(view.description, item) > 0


def _narrowed(view: _View, items: tuple[ControlItem, ...]) -> tuple[ControlItem, ...]:
    """Among several entries: those of the family stated, then those whose names the description holds most of."""
    if len(items) > 1 and view.family:
        items = tuple(item for item in items if item.family == view.family) or items
    if len(items) > 1:
        alike = [_likeness(view.description, item) for item in items]
        items = tuple(item for item, likeness in zip(items, alike, strict=True) if likeness == max(alike))
    return items


def _decide(
    view: _View, law: LawOfDay, pool: tuple[ControlItem, ...], *, certain: bool, sure: bool = True
) -> Classification:
    """Let the thresholds of several entries decide. ``certain``: they name the customs code; ``sure``: their family."""
    answers = [(item, view.meets(item)) for item in pool]
    met = _in_order((i for i, answer in answers if answer and (i.condition is not None or (certain or sure))), law)
    open_ = _in_order((i for i, answer in answers if answer is None or (answer and i not in met)), law)
    named_outright = certain or not any(item.condition is None for item in met) or _one_material(met)
    if met and (operates(met[0], law) or not any(operates(item, law) for item in open_)) and named_outright:
        by_heading_only = not certain and met[0].condition is None
        blurred = by_heading_only or any(operates(item, law) != operates(met[0], law) for item in met)
        return _listed(
            met[0],
            gettext_noop("{code} {name} describes the goods by their customs code and properties."),
            flags=("classification_unclear",) if blurred else (),
            candidates=met,
        )
    if met or open_:
        return _unclear(
            met + open_,
            gettext_noop("Whether {code} {name} describes the goods cannot be told without its properties."),
            {},
        )
    near = _in_order((i for i, answer in answers if answer is False), law)
    if near:
        return _near(near[0])
    return _unclear((), gettext_noop("The goods are of a controlled family: the entry has to be found."), {})


def _one_material(items: tuple[ControlItem, ...]) -> bool:
    return len({item.material for item in items}) == 1


def _in_order(items: Iterable[ControlItem], law: LawOfDay) -> tuple[ControlItem, ...]:
    """Entries whose control operates on the day first, then by key: a fixed order."""
    return tuple(sorted(items, key=lambda item: (not operates(item, law), item.key)))


def _naming(item: ControlItem) -> dict[str, str]:
    return {"code": item.code or item.key, "name": item.name_en, "name_zh": item.name_zh}


def _listed(
    item: ControlItem,
    sentence: str,
    *,
    flags: tuple[str, ...] = (),
    verdict: Verdict = "applies",
    candidates: tuple[ControlItem, ...] = (),
) -> Classification:
    reason = Reason("classification", verdict, sentence, _naming(item))
    return Classification(Standing.LISTED, reason, item, candidates or (item,), flags)


def _near(item: ControlItem) -> Classification:
    sentence = gettext_noop("The goods miss the threshold of {code} {name}: {threshold}.")
    reason = Reason("classification", "not", sentence, _naming(item) | {"threshold": item.threshold})
    return Classification(Standing.NEAR_THRESHOLD, reason, item, (item,))


def _unclear(candidates: tuple[ControlItem, ...], sentence: str, values: dict[str, str]) -> Classification:
    item = candidates[0] if candidates else None
    reason = Reason("classification", "person", sentence, (_naming(item) if item else {}) | values)
    return Classification(Standing.UNCLEAR, reason, item, candidates)
