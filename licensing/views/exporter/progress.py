"""How far an application is: what the law asks of it so far, what is missing, and where each gap is closed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from licensing.forms.words import DOCUMENT_KIND_NAMES, flag_words, walk
from licensing.models import Application
from licensing.rules.completeness import ALWAYS_WANTED, SECTIONS, Gap
from licensing.rules.determination import Determination
from licensing.rules.law import NoLawInForce
from licensing.services import applications, determination
from licensing.views.reasons import in_words, outcome_sentence

SECTION_NAMES: dict[str, Promise] = {
    "goods": _("Goods"),
    "parties": _("Parties"),
    "route": _("Licence and route"),
    "end_use": _("End use"),
    "documents": _("Documents"),
    "declaration": _("Declaration"),
}
SECTION_HINTS: dict[str, Promise] = {
    "goods": _("What you export, how much, and which entry of the control list it is. About 5 minutes a line."),
    "parties": _("Who receives the goods, who uses them, who stands between. About 3 minutes a party."),
    "route": _("Which licence, where to, by way of where. 2 minutes."),
    "end_use": _("What the end user makes with the goods, and where. 3 minutes."),
    "documents": _("Contract, certificates and whatever else the law asks for these goods."),
    "declaration": _("You sign that all is true. Last, because every change undoes the signature."),
}
SECTION_PAGES = {
    "goods": "exporter-goods",
    "parties": "exporter-parties",
    "route": "exporter-route",
    "end_use": "exporter-end-use",
    "documents": "exporter-documents",
    "declaration": "exporter-declaration",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """The content as it stands, the answer of the law without any listing, and every gap."""

    content: dict[str, Any]
    found: Determination | None
    gaps: tuple[Gap, ...]

    def missing(self, section: str) -> int:
        return sum(gap.section == section for gap in self.gaps)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Kinds of documents asked for so far, in order."""
        return tuple(dict.fromkeys((*ALWAYS_WANTED, *(self.found.documents if self.found else ()))))


def progress_of(application: Application, *, on: date) -> Progress:
    """How far an application is under the law of ``on``."""
    content = applications.content_of(application)
    try:
        found = determination.preview(content, on=on)
    except NoLawInForce:
        found = None
    return Progress(content, found, applications.gaps(content, found))


def gap_rows(application: Application, gaps: tuple[Gap, ...]) -> list[dict[str, str]]:
    """Gaps for ``parts/gaps.html``: a sentence, and the page and field where it is mended."""
    return [{"text": _sentence(gap), "url": _place(application, gap), "section": gap.section} for gap in gaps]


def _sentence(gap: Gap) -> str:
    values = dict(gap.values)
    if "kind" in values:
        values["kind"] = str(DOCUMENT_KIND_NAMES.get(values["kind"], values["kind"]))
    return gettext(gap.sentence).format_map(values)


def _place(application: Application, gap: Gap) -> str:
    reference = application.reference
    match gap.section, gap.row:
        case "goods", None:
            return reverse("exporter-goods-add", args=[reference])
        case "goods", int(row):
            return reverse("exporter-goods-line", args=[reference, row], fragment=f"id_{gap.field}")
        case "parties", None:
            return reverse("exporter-party-add", args=[reference], query={"role": gap.field})
        case "parties", int(row):
            return reverse("exporter-party", args=[reference, row], fragment=f"id_{gap.field}")
    page = reverse(SECTION_PAGES[gap.section], args=[reference])
    radios = gap.field == "end_use_category"
    return f"{page}#id_{gap.field}{'_0' if radios else ''}"


def task_rows(application: Application, progress: Progress) -> list[dict[str, Any]]:
    """The sections for ``parts/tasks.html``, each done or with the number of things that it misses."""
    rows = []
    for section in SECTIONS:
        missing = progress.missing(section)
        if not missing:
            kind, state = "go", gettext("Done")
        else:
            kind = "neutral"
            state = ngettext("%(count)d thing missing", "%(count)d things missing", missing) % {"count": missing}
        rows.append(
            {
                "title": SECTION_NAMES[section],
                "hint": SECTION_HINTS[section],
                "url": reverse(SECTION_PAGES[section], args=[application.reference]),
                "kind": kind,
                "state": state,
            }
        )
    return rows


def _notes(found: Determination) -> list[str]:
    """What to watch besides the answer: the last day of each suspension that bears on it, and the flags."""
    days = {reason.values.get("last_day", "-") for reason in walk(found.reasons)} - {"-"}
    ends = [flag_words("suspension_ends_soon", ends=date.fromisoformat(day)) for day in sorted(days)]
    return ends + [flag_words(flag) for flag in found.flags if flag != "suspension_ends_soon"]


def law_so_far(progress: Progress) -> dict[str, Any] | None:
    """What the law says so far, for ``exporter/law.html``; None while there are no goods."""
    found = progress.found
    if found is None:
        return None
    return {
        "outcome": str(found.outcome),
        "sentence": outcome_sentence(found),
        "notes": _notes(found),
        "documents": [DOCUMENT_KIND_NAMES[kind] for kind in found.documents],
        "lines": [
            {"number": line.line, "outcome": str(line.outcome), "reasons": in_words(line.reasons, on=found.on)}
            for line in found.lines
        ],
        "on": found.on,
    }
