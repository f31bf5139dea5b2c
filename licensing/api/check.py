"""Do I need a licence? The same questions as `/check/`, as JSON."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.public import PublicView
from licensing.forms.check import LAST_DAY, MOST_STOPS, check_facts, without_lists
from licensing.forms.words import cite_label, flag_words, outcome_sentence, sentence
from licensing.rules.countries import COUNTRIES
from licensing.rules.determination import determine, to_json
from licensing.rules.entry_search import find
from licensing.rules.facts import END_USES, TRANSACTIONS, Facts, Goods
from licensing.rules.findings import Reason
from licensing.rules.law import LawBook, NoLawInForce
from licensing.rules.outlook import next_change
from licensing.rules.parameters import PARAMETERS
from licensing.services.law import law_book


class Country(serializers.CharField):
    """An ISO 3166-1 alpha-2 code in either case."""

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data).upper()
        if code and code not in COUNTRIES:
            raise serializers.ValidationError(
                gettext("Not an ISO 3166-1 code of two letters: %(code)s") % {"code": code}
            )
        return code


class Figures(serializers.DictField):
    """Measured properties by key, in the units of the control list."""

    child = serializers.DecimalField(max_digits=18, decimal_places=9, min_value=Decimal(0))

    def to_internal_value(self, data: Any) -> dict[str, Decimal]:
        figures: dict[str, Decimal] = super().to_internal_value(data)
        if unknown := sorted(figures.keys() - PARAMETERS.keys()):
            raise serializers.ValidationError(
                gettext("Not a known property: %(names)s") % {"names": ", ".join(unknown)[:200]}
            )
        return figures


class CheckSerializer(serializers.Serializer):
    """A question. ``goods`` (words or codes), ``item_code`` or ``hs_code`` says what the goods are."""

    goods = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    item_code = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    hs_code = serializers.RegexField(r"^[0-9]{4,10}$", required=False, allow_blank=True, default="")
    parameters = Figures(required=False, default=dict)
    destination = Country(max_length=2)
    transit = serializers.ListField(child=Country(max_length=2), required=False, max_length=MOST_STOPS, default=list)
    end_user_country = Country(max_length=2, required=False, allow_blank=True, default="")
    end_use = serializers.ChoiceField(END_USES, required=False, default="unknown")
    transaction = serializers.ChoiceField(TRANSACTIONS, required=False, default="export")
    ship_from = Country(max_length=2, required=False, allow_blank=True, default="")
    origin = Country(max_length=2, required=False, allow_blank=True, default="CN")
    on = serializers.DateField(required=False, validators=[MaxValueValidator(LAST_DAY)])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs["goods"].strip() or attrs["item_code"].strip() or attrs["hs_code"]):
            raise serializers.ValidationError(
                {"goods": [gettext("Say what the goods are: goods, item_code or hs_code.")]}
            )
        return attrs


class CheckView(PublicView):
    """POST a question, receive the determination with its reasons in words (Accept-Language)."""

    @extend_schema(request=CheckSerializer, responses={200: OpenApiTypes.OBJECT, 400: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        question = CheckSerializer(data=request.data)
        question.is_valid(raise_exception=True)
        given = question.validated_data
        on = given.get("on") or timezone.localdate()
        try:
            book = law_book()
            facts, candidates = _facts(given, book)
            answer = determine(facts, book, on=on)
            change = next_change(facts, book, on=on)
        except NoLawInForce as error:
            raise ValidationError({"on": [str(error)]}) from error
        tree = to_json(answer)
        tree["sentence"] = outcome_sentence(answer)
        tree["flags_in_words"] = {flag: flag_words(flag) for flag in answer.flags}
        tree["reasons"] = [_in_words(reason) for reason in without_lists(answer.reasons, book)]
        for line, line_answer in zip(tree["lines"], answer.lines, strict=True):
            line["reasons"] = [_in_words(reason) for reason in without_lists(line_answer.reasons, book)]
        tree["candidates"] = candidates
        tree["next_change"] = change and {
            "on": change.on.isoformat(),
            "outcome": change.determination.outcome.value,
            "deciding_measure": change.determination.deciding_measure,
            "unless_extended": change.unless_extended,
        }
        return Response(tree)


def _facts(given: dict[str, Any], book: LawBook) -> tuple[Facts, list[dict[str, str]]]:
    """The case, and the entries that the words may mean when they name none."""
    found = find(book.items, given["goods"])
    item_code = given["item_code"].strip() or (found.item.key if found.item else "")
    goods = Goods(
        description=found.words,
        item_code=item_code or None,
        hs_declared=given["hs_code"] or found.hs,
        origin=given["origin"],
        parameters=given["parameters"],
    )
    facts = check_facts(
        goods=goods,
        destination=given["destination"],
        transit=given["transit"],
        end_user_country=given["end_user_country"],
        end_use=given["end_use"],
        transaction=given["transaction"],
        ship_from=given["ship_from"],
    )
    entries = () if item_code else found.entries
    return facts, [
        {"key": item.key, "code": item.code, "name_en": item.name_en, "name_zh": item.name_zh} for item in entries
    ]


def _in_words(reason: Reason) -> dict[str, Any]:
    return {
        "rule": reason.rule,
        "verdict": reason.verdict,
        "text": sentence(reason),
        "cites": [
            {"announcement": cite.announcement, "paragraph": cite.paragraph, "label": cite_label(cite)}
            for cite in reason.cites
        ],
        "children": [_in_words(child) for child in reason.children],
    }
