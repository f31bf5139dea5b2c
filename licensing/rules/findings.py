"""What one rule says about a case: its outcome, its sentence and its citations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

type Verdict = Literal["applies", "not", "person"]
"""``applies``: the rule bears on the case; ``not``: it was tried and does not; ``person``: only a person can tell."""


def gettext_noop(text: str) -> str:
    """Mark a sentence for the catalogues; the page layer translates it and fills in the values."""
    return text


class Outcome(StrEnum):
    """What the law of the day says of a case. Graver outcomes have a higher `rank`."""

    PROHIBITED = "prohibited"
    PRESUMPTION_OF_DENIAL = "presumption_of_denial"
    REFER = "refer"
    LICENCE_REQUIRED = "licence_required"
    NO_LICENCE_REQUIRED = "no_licence_required"

    @property
    def rank(self) -> int:
        """4 for the gravest outcome down to 0."""
        return _RANKS[self]


_RANKS = {outcome: rank for rank, outcome in enumerate(reversed(Outcome))}


class Precedence(IntEnum):
    """Which rule decides when several come to the same outcome: the highest. Fixed, so that no order of facts matters.

    A listing of a party comes first, then a contradiction at declaration, owners, the routes of Arts 19 and 48, an end
    use of concern, a measure on the destination, a stop on the way, an unknown end user, unclear goods and, last, the
    entry of the control list.
    """

    NOTHING_APPLIES = 0
    ENTRY = 10
    ONLY_IF_LISTED = 15
    UNCLEAR_GOODS = 20
    UNKNOWN_END_USER = 30
    STOP_ON_THE_WAY = 40
    DESTINATION = 50
    END_USE_OF_CONCERN = 60
    SPECIAL_ROUTE = 70
    OWNER = 80
    CONTRADICTION = 90
    UNRELIABLE_ENTITY = 95
    PARTY_LISTING = 100


@dataclass(frozen=True, slots=True)
class Cite:
    """Where the law says so. ``paragraph`` is an article or paragraph as the text prints it, or empty."""

    announcement: str
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule tried. ``sentence`` is an English template, ``values`` fill its placeholders with plain values."""

    rule: str
    verdict: Verdict
    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)
    cites: tuple[Cite, ...] = ()
    children: tuple["Reason", ...] = ()

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.sentence.format_map(self.values)


@dataclass(frozen=True, slots=True)
class Finding:
    """The effect of one rule. Findings are only ever added up: none can make the outcome of another milder.

    ``outcome`` is what this rule alone comes to (``None``: it changes none), ``decider`` the announcement behind it;
    ``kinds`` are the licence kinds it opens in place of the usual ones, ``closes`` those it takes away.
    """

    reason: Reason
    outcome: Outcome | None = None
    decider: str = ""
    precedence: Precedence = Precedence.NOTHING_APPLIES
    others: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()


def deciding(findings: Iterable[Finding]) -> Finding:
    """The finding that decides: gravest outcome, then highest precedence, then reference, whatever the order given.

    Raises ValueError when no finding has an outcome.
    """
    return max((f for f in findings if f.outcome), key=_gravity)


def _gravity(finding: Finding) -> tuple[int, int, str]:
    return (_RANKS[finding.outcome] if finding.outcome else -1, finding.precedence, finding.decider)
