"""A cache that may be away: what it would have known is then asked again, or not known."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def _or_else[**P, R](act: Callable[P, R], answer: R) -> Callable[P, R]:
    """The act, answering ``answer`` while the server cannot be reached."""

    @wraps(act)
    def forgiving(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return act(*args, **kwargs)
        except RedisError as error:
            log.warning("the cache is away", error=str(error))
            return answer

    return forgiving


class ForgivingCache(RedisCache):
    """Redis or Valkey, without which every page still works: sessions are read from the database.

    Counters of the log-in throttle are not kept meanwhile: a lost cache may cost hints, never the service.
    """

    set = _or_else(RedisCache.set, None)
    add = _or_else(RedisCache.add, True)
    touch = _or_else(RedisCache.touch, False)
    delete = _or_else(RedisCache.delete, False)
    has_key = _or_else(RedisCache.has_key, False)
    set_many = _or_else(RedisCache.set_many, [])
    get_many = _or_else(RedisCache.get_many, {})
    delete_many = _or_else(RedisCache.delete_many, None)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return _or_else(super().get, default)(key, default, version)
