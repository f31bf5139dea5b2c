"""Is this licence genuine? For anybody who holds the paper. No log-in; nothing beyond what the paper shows."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing.access import address_of
from licensing.forms.verify import VerifyForm
from licensing.forms.words import LICENCE_KIND_NAMES, country_name, name_in
from licensing.rules.licence_codes import Flaw
from licensing.services import throttle, verification
from licensing.services.verification import Difference, Finding

WHY = {
    Flaw.UNREADABLE: _("The signed part of the code cannot be read: characters are missing or changed."),
    Flaw.UNKNOWN_KEY: _("It is signed with a key that is not one of ours."),
    Flaw.SIGNATURE: _("The signature does not fit what the code says: something was changed after signing."),
    Flaw.ADDRESS: _("The address is not the one that was signed."),
    Difference.NO_RECORD: _("The signature is ours, but no licence with this code is on record."),
    Difference.OTHER_CODE: _("The signed part belongs to a licence with another code."),
    Difference.OTHER_CONTENT: _("The signed part says something else than the licence on record."),
}
STATES = {
    "active": ("go", _("Good today")),
    "not_yet_valid": ("wait", _("Not valid yet")),
    "expired": ("neutral", _("Expired")),
    "suspended": ("wait", _("Suspended: it may not be used")),
    "revoked": ("stop", _("Revoked: it may not be used")),
    "surrendered": ("neutral", _("Given back: it may not be used")),
    "used_up": ("neutral", _("Used up: nothing is left of it")),
}
STATUS = {Finding.NOT_A_CODE: 400, Finding.UNKNOWN: 404}


def ask(request: HttpRequest) -> HttpResponse:
    """The box; what is put into it leads to the page of that code."""
    if "text" not in request.GET:
        return render(request, "public/verify.html", {"form": VerifyForm()})
    form = VerifyForm(request.GET)
    if form.is_valid():
        code, payload = verification.read(form.cleaned_data["text"])
        if code and "/" not in code:
            return redirect(reverse("verify-code", args=[code], query={"s": payload} if payload else None))
        form.add_error("text", _("This is not a code of a licence: 16 letters and digits are needed."))
    return render(request, "public/verify.html", {"form": form})


def code(request: HttpRequest, code: str) -> HttpResponse:
    """What is on record under a code, and whether the signature (``s``) proves the paper. Counted per address."""
    if not throttle.within(
        name="verify",
        address=address_of(request),
        limit=verification.PER_MINUTE,
        now=timezone.now(),
    ):
        form = VerifyForm(initial={"text": code})
        return render(request, "public/verify.html", {"form": form, "too_many": True}, status=429)
    found = verification.verify(code=code, payload=request.GET.get("s", ""), on=timezone.localdate())
    context: dict[str, Any] = {
        "form": VerifyForm(initial={"text": code}),
        "found": found,
        "why": WHY.get(found.why, "") if found.why else "",
        "state": STATES.get(found.state),
        "paper": _paper(found.statement) if found.statement else None,
    }
    return render(request, "public/verify.html", context, status=STATUS.get(found.finding, 200))


def _paper(statement: dict[str, Any]) -> dict[str, Any]:
    """The statement of a licence as the page shows it."""
    kind = "registration_voucher" if statement["kind"] == "voucher" else statement["kind"]
    return {
        "number": statement["number"],
        "kind": LICENCE_KIND_NAMES.get(kind, kind),
        "holder": name_in(statement["holder_en"], statement["holder_zh"]),
        "holder_other": statement["holder_zh"] if name_in("a", "b") == "a" else statement["holder_en"],
        "uscc": statement["holder_uscc"],
        "destination": country_name(statement["destination"]),
        "end_user": statement["end_user"]["name"],
        "valid_from": date.fromisoformat(statement["valid_from"]),
        "valid_until": date.fromisoformat(statement["valid_until"]),
        "demo": statement.get("demo", False),
        "lines": [
            {
                "no": line["no"],
                "code": line["control_code"],
                "name": name_in(line["name_en"], line["name_zh"]),
                "hs_code": line["hs_code"],
                "quantity": Decimal(line["quantity"]),
                "unit": line["unit"],
            }
            for line in statement["lines"]
        ],
    }
