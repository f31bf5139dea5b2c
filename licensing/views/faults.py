"""What a person reads when a request failed: ours to mend, or only a matter of waiting."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views.defaults import server_error
from redis.exceptions import RedisError

PASSING = (OperationalError, InterfaceError, RedisError)
"""A lock that somebody else holds too long, a statement that ran too long, a server that is away for a moment."""
WAIT_SECONDS = 10


def fault(request: HttpRequest) -> HttpResponse:
    """Django's handler of status 500; a passing trouble becomes 503, with the word that nothing was saved.

    Reads neither the database nor the session: they may be what failed.
    """
    passing = isinstance(sys.exception(), PASSING)
    response: HttpResponse
    if request.path.startswith("/api/"):
        detail = "Busy: nothing was done. Try again." if passing else "The fault is ours."
        response = JsonResponse({"detail": [detail]}, status=503 if passing else 500)
    elif passing:
        response = HttpResponse(loader.get_template("503.html").render(), status=503)
    else:
        response = server_error(request)
    if passing:
        response["Retry-After"] = str(WAIT_SECONDS)
    return response
