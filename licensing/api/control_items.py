"""The control list of a day, a page at a time."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.public import PublicView
from licensing.forms.words import FAMILY_NAMES
from licensing.models import ControlItem

MOST = 200


class ControlItemsQuery(serializers.Serializer):
    """Which entries: of which day, found by what, after which key."""

    on = serializers.DateField(required=False)
    q = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    hs = serializers.RegexField(r"^[0-9]{2,10}$", required=False, allow_blank=True, default="")
    family = serializers.ChoiceField(list(FAMILY_NAMES), required=False, allow_blank=True, default="")
    cursor = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST, default=50)


class ControlItemSerializer(serializers.ModelSerializer):
    """An entry. ``suspended``: its control does not operate on the day asked for."""

    announcement = serializers.CharField(source="announcement_id")
    first_day = serializers.DateField(source="in_force.start")
    last_day = serializers.DateField(source="in_force.last_day", allow_null=True)
    suspended = serializers.BooleanField(source="is_suspended")

    class Meta:
        model = ControlItem
        fields = [
            "key", "code", "name_en", "name_zh", "material", "family", "hs_codes", "hs_codes_as_announced", "unit",
            "threshold", "condition", "announcement", "first_day", "last_day", "suspended", "source", "confidence",
        ]  # fmt: skip


class ControlItemsPage(serializers.Serializer):
    """``next`` is the cursor of the following page, null on the last."""

    on = serializers.DateField()
    next = serializers.CharField(allow_null=True)
    results = ControlItemSerializer(many=True)


class ControlItemsView(PublicView):
    """GET entries in force on a day, in the order of their keys."""

    @extend_schema(parameters=[ControlItemsQuery], responses={200: ControlItemsPage, 400: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        query = ControlItemsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        given: dict[str, Any] = query.validated_data
        on = given.get("on") or timezone.localdate()
        items = ControlItem.objects.listed_on(on).search(given["q"], hs=given["hs"], family=given["family"])
        if given["cursor"]:
            items = items.filter(key__gt=given["cursor"])
        rows = list(items[: given["limit"] + 1])
        more = len(rows) > given["limit"]
        rows = rows[: given["limit"]]
        page = {"on": on, "next": rows[-1].key if more else None, "results": rows}
        return Response(ControlItemsPage(page).data)
