"""Going through rows that wait: one that cannot be done is logged and never keeps the others waiting."""

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded

log = structlog.get_logger(__name__)


def each[Row](act: Callable[[Row], Any], rows: Iterable[Row], *, what: str) -> int:
    """Do an act for each row; returns how many succeeded. ``what`` names the act in the log."""
    done = 0
    for row in rows:
        try:
            act(row)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            log.exception("left for the next sweep", what=what, row=row)
        else:
            done += 1
    return done
