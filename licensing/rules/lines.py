"""One line of goods under the law of the day: what its classification means for the rules that follow."""

from dataclasses import dataclass
from enum import StrEnum

from licensing.rules.classification import Classification, Standing, classify, operates
from licensing.rules.facts import Goods
from licensing.rules.law import LawOfDay


class Control(StrEnum):
    """Whether the goods are controlled on the day."""

    CONTROLLED = "controlled"
    UNCLEAR = "unclear"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Line:
    """Goods with their classification. ``families`` are those of the entries that cover, or may cover, them."""

    goods: Goods
    classification: Classification
    control: Control
    families: frozenset[str]

    @classmethod
    def of(cls, goods: Goods, law: LawOfDay) -> "Line":
        """Classify and date the goods. They stay free when no entry that may cover them operates on the day."""
        found = classify(goods, law)
        control = Control.FREE
        if found.standing is Standing.LISTED and found.item and operates(found.item, law):
            control = Control.CONTROLLED
        elif found.standing is Standing.UNCLEAR:
            open_ = not found.candidates or any(operates(item, law) for item in found.candidates)
            control = Control.UNCLEAR if open_ else Control.FREE
        return cls(goods, found, control, found.families)

    @property
    def controlled(self) -> bool:
        return self.control is Control.CONTROLLED

    @property
    def may_be_controlled(self) -> bool:
        return self.control is not Control.FREE

    @property
    def announcement(self) -> str:
        """The announcement of the entry that covers, or comes nearest to, the goods; empty where there is none."""
        return self.classification.item.announcement if self.classification.item else ""
