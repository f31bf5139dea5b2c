"""Returning a filing: every defect at once, one a line, under the section that it concerns."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.forms.drafts import ask_later
from licensing.forms.words import DOCUMENT_KIND_NAMES
from licensing.rules.completeness import SECTIONS, Gap

SECTION_NAMES = {
    "goods": gettext_lazy("Goods"),
    "parties": gettext_lazy("Parties"),
    "route": gettext_lazy("Destination and route"),
    "end_use": gettext_lazy("End use"),
    "documents": gettext_lazy("Documents"),
    "declaration": gettext_lazy("Declaration"),
}


def gap_words(gap: Gap) -> str:
    """A gap as a sentence in the reader's language."""
    values = dict(gap.values)
    if "kind" in values:
        values["kind"] = str(DOCUMENT_KIND_NAMES.get(values["kind"], values["kind"]))
    return _(gap.sentence).format(**values)


class ReturnForm(forms.Form):
    """A box for each section. ``missing`` fills them with what the filing lacks."""

    def __init__(self, *args: Any, missing: Iterable[Gap] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found: dict[str, list[str]] = {section: [] for section in SECTIONS}
        for gap in missing:
            found[gap.section].append(gap_words(gap))
        for section in SECTIONS:
            self.fields[section] = forms.CharField(
                label=SECTION_NAMES[section],
                required=False,
                max_length=4000,
                initial="\n".join(found[section]),
                widget=forms.Textarea({"rows": max(2, len(found[section]) + 1)}),
            )
        ask_later(self, SECTIONS)

    @property
    def defects(self) -> list[dict[str, str]]:
        """What was written, one defect a line."""
        return [
            {"section": section, "text": line.strip()}
            for section in SECTIONS
            for line in self.cleaned_data[section].splitlines()
            if line.strip()
        ]
