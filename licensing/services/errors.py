"""What can stop an act: each says what is wrong, why, and what to do. Pages and API show the message as it is."""

from collections.abc import Sequence

from licensing.rules.completeness import Gap


class Refused(Exception):
    """An act that cannot be done now. The text is for the person who tried."""


class NotAllowed(Refused):
    """This person may not do this here."""


class Frozen(Refused):
    """The application is filed or closed: its content cannot change."""


class Conflict(Refused):
    """Somebody else changed it meanwhile."""


class Incomplete(Refused):
    """Something is missing; ``gaps`` lists all of it."""

    def __init__(self, message: str, gaps: Sequence[Gap]) -> None:
        super().__init__(message)
        self.gaps = tuple(gaps)


class Barred(Refused):
    """A gate of the move is shut; ``reasons`` lists every one."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = tuple(reasons)
