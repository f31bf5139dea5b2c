"""Finding entries of the control list by what a person types: a control code, a customs code, words in any order.

Words are matched loosely and ranked; the person chooses. Nothing here classifies goods: `classification` does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from licensing.rules.law import ControlItem

_CUSTOMS_CODE = re.compile(r"[0-9]{4}(?:\.?[0-9]{2}){0,3}")
_TOKEN = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_LATIN = re.compile(r"[a-z]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_FILLERS = frozenset({"a", "an", "and", "any", "for", "from", "in", "not", "of", "or", "the", "to", "with"})
_CLOSE = 0.6
"""Share of the best score from which an entry is still shown."""
_WORTH_SHOWING = 0.4
MOST = 12


@dataclass(frozen=True, slots=True)
class Found:
    """What a text stands for. ``item``: the one entry it names, if it names one; ``entries``: those it may mean.

    ``hs`` holds the digits of a customs code in it, ``words`` the rest.
    """

    item: ControlItem | None
    entries: tuple[ControlItem, ...]
    hs: str
    words: str


def find(items: Iterable[ControlItem], text: str) -> Found:
    """Read a text against the entries given. An entry's code or whole name settles it, as does being alone to fit."""
    items = tuple(items)
    typed = text.split()
    hs = next((token.replace(".", "") for token in typed if _CUSTOMS_CODE.fullmatch(token)), "")
    words = " ".join(token for token in typed if not _CUSTOMS_CODE.fullmatch(token))
    named = _named(items, typed, words)
    if named:
        return Found(named, (), hs, words)
    entries, sole = _ranked(items, words)
    if hs:
        under = tuple(item for item in entries or items if any(code.startswith(hs) for code in item.hs_codes))
        if words and len(under) == 1:
            return Found(under[0], (), hs, words)
        if not words or under:
            return Found(None, under if len(hs) < 6 or words else (), hs, words)
    return Found(sole, entries, hs, words)


def _named(items: tuple[ControlItem, ...], typed: list[str], words: str) -> ControlItem | None:
    codes = {token.casefold() for token in typed}
    whole = words.casefold()
    return next(
        (
            item
            for item in items
            if (item.code and item.code.casefold() in codes)
            or whole in (item.key.casefold(), item.name_en.casefold(), item.name_zh)
        ),
        None,
    )


def _ranked(items: tuple[ControlItem, ...], words: str) -> tuple[tuple[ControlItem, ...], ControlItem | None]:
    """Entries by how much of the text they hold, and the one entry that alone holds all of it."""
    tokens = _tokens(words)
    if not tokens:
        return (), None
    scored = [(sum(_score(token, item) for token in tokens), item) for item in items]
    best = max((score for score, _ in scored), default=0.0)
    if best < _WORTH_SHOWING:
        return (), None
    close = sorted((pair for pair in scored if pair[0] >= best * _CLOSE), key=lambda pair: (-pair[0], pair[1].key))
    full = [item for _, item in close if all(_score(token, item) for token in tokens)]
    return tuple(item for _, item in close[:MOST]), full[0] if len(full) == 1 else None


def _tokens(text: str) -> tuple[str, ...]:
    tokens = []
    for token in _TOKEN.findall(text.casefold()):
        tokens += _CHINESE.findall(token)
        if _LATIN.search(token) and token not in _FILLERS:
            tokens.append(token)
    return tuple(dict.fromkeys(tokens))


def _score(token: str, item: ControlItem) -> float:
    """1 for a word of the name or material, a half for a word of the threshold, a share for Chinese characters."""
    if _CHINESE.fullmatch(token):
        if token in item.name_zh:
            return 1.0
        share = sum(character in item.name_zh for character in token) / len(token)
        return share * 0.9 if share >= 0.5 else 0.0
    name, threshold = _words_of(item.name_en, item.material, item.family, item.threshold)
    if any(_same(token, word) for word in name):
        return 1.0
    return 0.5 if any(_same(token, word) for word in threshold) else 0.0


@lru_cache(maxsize=1024)
def _words_of(name: str, material: str, family: str, threshold: str) -> tuple[frozenset[str], frozenset[str]]:
    named = f"{name} {material} {family}".replace("_", " ").replace(";", " ")
    return frozenset(_TOKEN.findall(named.casefold())), frozenset(_TOKEN.findall(threshold.casefold()))


def _same(token: str, word: str) -> bool:
    """One word begins with the other, short words aside: "magnets" finds magnet, "antimon" antimony."""
    if len(token) < 4 or len(word) < 4:
        return token == word
    return word.startswith(token) or token.startswith(word)
