"""What other apps add to an officer's case page, so that licensing need not know them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CasePart:
    """Something found about a party: ``party`` is its id in the filing, ``subject`` the name that was looked at.

    ``kind`` is the meaning of ``state`` (go, wait or stop); ``state``, ``words`` and ``detail`` are text for the
    officer, ``url`` leads to the page where it is dealt with. ``settled``: nothing is left to do.
    """

    party: int
    subject: str
    words: str
    detail: str
    kind: str
    state: str
    url: str
    settled: bool
