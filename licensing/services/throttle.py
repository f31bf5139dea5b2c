"""Counting requests of one address in the cache. A cache that is away lets everybody through."""

import logging
from datetime import datetime

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def within(*, name: str, address: str, limit: int, now: datetime) -> bool:
    """Whether this request is one of the first ``limit`` that ``address`` makes in the current minute."""
    key = f"throttle:{name}:{address}:{now:%Y%m%d%H%M}"
    try:
        cache.add(key, 0, timeout=120)
        return cache.incr(key) <= limit
    except ValueError:
        return True
    except (RedisError, OSError):
        logger.warning("the throttle %s is open: the cache is away", name)
        return True
