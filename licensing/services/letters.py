"""Which letters a licence can print: those of its fonts (`licensing/documents/fonts/README.md`)."""

import unicodedata
from functools import cache
from pathlib import Path

RANGES = Path(__file__).resolve().parent.parent / "documents" / "fonts" / "letters.txt"


def unprintable(text: str) -> tuple[str, ...]:
    """The characters of a text that no font of the licence has, or that are invisible; each once, in order.

    Spaces and line breaks count as spaces, and letters are composed first, as in the statement of a licence.
    """
    known = _known()
    composed = unicodedata.normalize("NFC", "".join(text.split()))
    return tuple(letter for letter in dict.fromkeys(composed) if ord(letter) not in known)


def printable(text: str) -> bool:
    """Whether a licence can print the text."""
    return not unprintable(text)


@cache
def _known() -> frozenset[int]:
    known: set[int] = set()
    for word in RANGES.read_text(encoding="ascii").split():
        first, _dash, last = word.partition("-")
        known.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(known)
