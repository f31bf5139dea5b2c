"""Names of listed parties: the exact match after normalisation, until screening matches more widely.

Width and compatibility forms (NFKC), case, accents on spaces and punctuation, and legal forms do not tell two names
apart; simplified and traditional script do.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from licensing.rules.law import Listing

LEGAL_FORMS = frozenset(
    "ab ag as asa bv co company corp corporation gk gmbh inc incorporated kaisha kabushiki kg kgaa kk "  # noqa: SIM905
    "limited llc llp lp ltd mbh nv oy oyj pbc plc pte pty sa sarl sas se sl spa spol spolsro srl sro".split()
)
"""Words at the end of a Latin name that only say what kind of company it is."""

CHINESE_LEGAL_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "株式会社", "公司")

_NOT_A_LETTER = re.compile(r"[\W_]+")
_DOTTED = re.compile(r"(?<=\w)\.(?=\w)")

type Index = Mapping[str, tuple[Listing, ...]]


def normalise(name: str) -> str:
    """The name as it is compared: ``"Rheinmetall A.G."`` and ``"RHEINMETALL AG"`` become ``"rheinmetall"``."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = _DOTTED.sub("", text).replace("&", " and ").replace("'", "").replace("’", "")
    words = _NOT_A_LETTER.sub(" ", text).split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    joined = " ".join(words)
    for form in CHINESE_LEGAL_FORMS:
        if joined.endswith(form) and len(joined) > len(form):
            return joined.removesuffix(form).strip()
    return joined


def index(listings: Iterable[Listing]) -> Index:
    """Listings by each of their normalised names, for many look-ups."""
    found: dict[str, dict[int, Listing]] = {}
    for listing in listings:
        for name in listing.names:
            if key := normalise(name):
                found.setdefault(key, {})[id(listing)] = listing
    return {key: tuple(values.values()) for key, values in found.items()}


def match(name: str, listings: Iterable[Listing] | Index) -> tuple[Listing, ...]:
    """Every listing, past or present, one of whose names is this name. No name matches nothing."""
    by_name = listings if isinstance(listings, Mapping) else index(listings)
    return by_name.get(normalise(name), ())
