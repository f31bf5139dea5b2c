"""Is this licence genuine? The same answer as `/verify/CODE/`, as JSON."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.access import address_of
from licensing.api.public import PublicView
from licensing.services import throttle, verification
from licensing.services.verification import Finding

SHOWN = ("number", "kind", "holder_en", "holder_zh", "holder_uscc", "destination", "valid_from", "valid_until", "demo")
SHOWN_OF_LINES = ("no", "control_code", "name_en", "name_zh", "hs_code", "quantity", "unit")


class VerifyQuery(serializers.Serializer):
    """``code``: as printed, or the whole text of the QR; ``s``: the signed payload, where it is sent apart."""

    code = serializers.CharField(max_length=1200)
    s = serializers.CharField(max_length=1200, required=False, allow_blank=True, default="")


class VerifyView(PublicView):
    """GET what is on record under a code, and whether its signature proves the paper. Counted per address."""

    @extend_schema(
        parameters=[VerifyQuery],
        responses={200: OpenApiTypes.OBJECT, 400: OpenApiTypes.OBJECT, 404: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> Response:
        now = timezone.now()
        address = address_of(request._request)
        if not throttle.within(name="verify", address=address, limit=verification.PER_MINUTE, now=now):
            raise Throttled
        query = VerifyQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        code, payload = verification.read(query.validated_data["code"])
        found = verification.verify(code=code, payload=query.validated_data["s"] or payload, on=timezone.localdate())
        if found.finding is Finding.NOT_A_CODE:
            return Response({"code": [gettext("A code has 16 letters and digits.")]}, status=400)
        licence: dict[str, Any] | None = None
        if found.statement:
            licence = {name: found.statement[name] for name in SHOWN}
            licence["end_user"] = found.statement["end_user"]["name"]
            licence["lines"] = [{name: line[name] for name in SHOWN_OF_LINES} for line in found.statement["lines"]]
            licence["state"] = found.state
        answer = {
            "finding": found.finding.value,
            "code": found.code,
            "why": found.why and found.why.value,
            "licence": licence,
        }
        return Response(answer, status=404 if found.finding is Finding.UNKNOWN else 200)
