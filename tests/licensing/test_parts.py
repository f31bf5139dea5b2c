"""The shapes that recur on every page: words beside colour, figures beside bars, markup that the policy allows."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from licensing.forms.fields import CountryField, DayField
from licensing.rules.findings import Outcome
from licensing.rules.law_lines import Holding, LawLine, LawSpan
from licensing.rules.periods import Period
from licensing.rules.workflow import LicenceStatus, Status
from licensing.templatetags.sluice import LICENCE_STATUSES, OUTCOMES, STATUSES

FRIDAY = date(2026, 11, 27)


def draw(source: str, **context: Any) -> str:
    return engines["django"].from_string(source).render(context)


def words(markup: str) -> str:
    """What is read: the text without tags and without runs of blanks."""
    return " ".join(re.sub(r"<[^>]+>", "", markup).split())


# Tags


@pytest.mark.parametrize(
    ("known", "kinds"),
    [(Outcome, OUTCOMES), (Status, STATUSES), ([*LicenceStatus, "expired", "used_up"], LICENCE_STATUSES)],
    ids=["outcomes", "statuses", "licences"],
)
def test_every_state_has_a_meaning(known: Any, kinds: dict[str, str]) -> None:
    assert set(known) == set(kinds)
    assert set(kinds.values()) <= {"go", "wait", "stop", "note", "neutral"}


def test_a_tag_has_a_word_and_a_sign_beside_its_colour() -> None:
    markup = draw('{% outcome_tag "presumption_of_denial" %}')
    assert "sluice-tag--stop" in markup
    assert "<svg" in markup
    assert words(markup) == "Presumption of denial"


def test_another_word_keeps_the_meaning_and_is_escaped() -> None:
    markup = draw('{% status_tag "granted" text %}', text="<b>Granted in part</b>")
    assert "sluice-tag--go" in markup
    assert "&lt;b&gt;" in markup


@pytest.mark.parametrize("status", ["expired", "used_up"])
def test_computed_states_of_a_licence_have_words(status: str) -> None:
    assert words(draw("{% licence_tag status %}", status=status))


# Route


def test_a_route_is_read_out_with_the_names_of_countries() -> None:
    markup = draw("{% route stops marked %}", stops=["CN", "TH", "US"], marked={"US"})
    assert words(markup).startswith("CN→TH→US")
    assert "Route: China, Thailand, United States of America." in words(markup)
    assert "A measure applies to: United States of America." in words(markup)
    assert markup.count("sluice-route__stop--marked") == 1


# Bars


def numbers(markup: str, name: str) -> list[float]:
    return [float(value) for value in re.findall(rf'{name}="([\d.]+)%"', markup)]


def test_a_clock_says_its_figures() -> None:
    markup = draw("{% clock 12 9 45 due %}", due=FRIDAY)
    assert words(markup) == "12 of 45 working days, stopped 9 days, due 2026-11-27"
    assert "sluice-bar--late" not in markup


def test_a_late_clock_shows_it_by_words_and_shape() -> None:
    markup = draw("{% clock 48 0 45 due %}", due=FRIDAY)
    assert "3 days late" in words(markup)
    assert 'class="sluice-bar__over"' in markup
    assert all(value <= 100 for value in numbers(markup, "width") + numbers(markup, "x"))


def test_a_balance_adds_up() -> None:
    markup = draw(
        '{% balance granted drawn reserved "kg" %}',
        granted=Decimal("20000"),
        drawn=Decimal("12400.50"),
        reserved=Decimal("3000"),
    )
    assert words(markup) == "4,599.5 kg left of 20,000 kg: 12,400.5 kg drawn, 3,000 kg reserved"


def test_an_overdrawn_balance_says_by_how_much() -> None:
    markup = draw('{% balance g d r "kg" %}', g=Decimal(400), d=Decimal(550), r=Decimal(0))
    assert "overdrawn by 150 kg" in words(markup)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pictures_hold_plain_numbers_in_every_language(language: str) -> None:
    line = LawLine(None, (LawSpan(Period(date(2023, 8, 1)), Holding.IN_FORCE),), FRIDAY)
    with translation.override(language):
        markup = draw("{% law_line line %}{% clock 1200 3 4500 %}", line=line)
    for value in re.findall(r' (?:x|y|width|height)="([^"]*)"', markup):
        assert re.fullmatch(r"[\d.]+%?", value), value


# Law line


def test_a_law_line_can_be_read_without_seeing_it() -> None:
    spans = (
        LawSpan(Period(date(2024, 12, 3)), Holding.IN_FORCE),
        LawSpan(Period(date(2025, 11, 9), date(2026, 11, 28)), Holding.SUSPENDED),
    )
    markup = draw('{% law_line line "CN-2024-46 para. 2" %}', line=LawLine(date(2024, 12, 3), spans, FRIDAY))
    assert "<title>Time line of the rule: CN-2024-46 para. 2</title>" in markup
    assert "2025-11-09 suspended" in markup
    table = [[words(cell) for cell in row.split("<td>")[1:]] for row in markup.split("<tbody>")[1].split("<tr>")[1:]]
    assert table == [
        ["Announced", "2024-12-03", "–"],
        ["In force", "2024-12-03", "none set"],
        ["Suspended", "2025-11-09", "2026-11-27"],
    ]


def test_a_rule_without_days_says_so() -> None:
    assert "No day" in words(draw("{% law_line line %}", line=LawLine(None, (), FRIDAY)))


# Reasons


def reason(verdict: str, text: str, *children: Any) -> SimpleNamespace:
    return SimpleNamespace(
        verdict=verdict, text=text, cites=[{"label": "CN-2024-46", "url": "/x/"}], children=list(children)
    )


def test_reasons_fold_below_the_first_level_only() -> None:
    tree = [reason("applies", "A", reason("not", "B", reason("person", "C"))), reason("person", "D")]
    markup = draw('{% include "parts/reasons.html" %}', reasons=tree)
    assert markup.count("<details") == 1
    assert "Applies: A" in words(markup)
    assert "Does not apply: B" in words(markup)
    assert "Needs a person: C" in words(markup)
    assert markup.count('href="/x/"') == 4


# Figures and days


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("20000.000"), "20,000 kg"),
        (Decimal("0.5000"), "0.5 kg"),
        (Decimal("2E+4"), "20,000 kg"),
        (1200, "1,200 kg"),
        (Decimal(0), "0 kg"),
        (None, "–"),
    ],
)
def test_quantities_are_grouped_and_lose_no_digit(value: Any, shown: str) -> None:
    assert words(draw('{{ value|quantity:"kg" }}', value=value)) == shown


def test_money_has_two_places() -> None:
    assert words(draw('{{ value|money:"CNY" }}', value=Decimal("1234567.5"))) == "CNY 1,234,567.50"


def test_a_day_shows_its_weekday_on_hover() -> None:
    assert draw("{{ d|day }}", d=FRIDAY) == '<time datetime="2026-11-27" title="Friday">2026-11-27</time>'
    assert draw("{{ d|day }}", d=None) == "–"


def test_a_moment_is_told_in_the_zone_of_the_authority() -> None:
    markup = draw("{{ at|moment }}", at=datetime(2026, 11, 26, 17, 30, tzinfo=UTC))
    assert words(markup) == "2026-11-27 01:30"
    assert 'title="Friday, Asia/Shanghai"' in markup


# Forms


class GoodsForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As registered.")
    quantity = forms.DecimalField(label="Quantity")
    kind = forms.ChoiceField(label="Which kind?", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])
    uses = forms.MultipleChoiceField(label="Uses", widget=forms.CheckboxSelectMultiple, choices=[("a", "A")])
    unit = forms.ChoiceField(label="Unit", choices=[("kg", "kg")], required=False)
    text = forms.CharField(label="Text", widget=forms.Textarea)
    paper = forms.FileField(label="Paper")
    shipped = DayField(label="Shipped")
    country = CountryField(label="Country")
    true = forms.BooleanField(label="I declare this.")


def test_every_error_leads_to_a_control_and_is_tied_to_it() -> None:
    form = GoodsForm({})
    markup = str(form) + render_to_string("parts/error_summary.html", {"form": form})
    ids = set(re.findall(r' id="([^"]+)"', markup))
    targets = re.findall(r'href="#([^"]+)"', markup)
    assert len(targets) == 9
    assert set(targets) <= ids
    described = [name for names in re.findall(r'aria-describedby="([^"]+)"', markup) for name in names.split()]
    assert set(described) <= ids
    for name in ("name", "kind", "uses", "text", "paper", "shipped", "country", "true"):
        assert f"id_{name}_error" in described
    assert "Which kind: " in words(markup)


def test_an_error_of_the_whole_form_leads_to_the_form() -> None:
    form = GoodsForm({})
    form.add_error(None, "The quantities do not add up.")
    assert 'href="#form-errors"' in render_to_string("parts/error_summary.html", {"form": form})
    assert str(form).count('id="form-errors"') == 1
    assert 'id="form-errors"' in str(form.non_field_errors())


def test_a_target_of_an_error_can_take_the_focus() -> None:
    form = GoodsForm({})
    for field in form:
        if field.errors:
            assert re.search(rf'<(?:input|textarea|select)[^>]* id="{field.error_target}"', str(field)), field.name


def test_the_browser_is_not_asked_to_judge() -> None:
    assert not re.search(r"<[^>]+\srequired[\s>=]", str(GoodsForm()))


def test_only_optional_fields_are_marked() -> None:
    assert words(str(GoodsForm())).count("(optional)") == 1


def test_labels_belong_to_controls() -> None:
    markup = str(GoodsForm())
    ids = set(re.findall(r' id="([^"]+)"', markup))
    assert set(re.findall(r' for="([^"]+)"', markup)) <= ids


def test_own_classes_stand_beside_those_of_the_kind() -> None:
    class Narrow(forms.Form):
        year = forms.CharField(widget=forms.TextInput({"class": "govuk-input--width-4"}))

    assert 'class="govuk-input govuk-input--width-4 govuk-input--error"' in str(Narrow({}))


def day_form(**parts: str) -> forms.Form:
    class OneDay(forms.Form):
        shipped = DayField()

    return OneDay({f"shipped_{name}": value for name, value in parts.items()})


def test_a_day_is_typed_in_three_boxes() -> None:
    form = day_form(year="2026", month="11", day=" 27 ")
    assert form.is_valid()
    assert form.cleaned_data["shipped"] == FRIDAY


@pytest.mark.parametrize(
    "parts",
    [
        {"year": "2026", "month": "13", "day": "1"},
        {"year": "2026", "month": "2", "day": "29"},
        {"year": "2026", "month": "11"},
        {"year": "soon"},
        {"year": "2026-11-27", "month": "1", "day": "1"},
    ],
)
def test_what_is_no_day_is_refused_and_shown_again(parts: dict[str, str]) -> None:
    form = day_form(**parts)
    assert not form.is_valid()
    assert "not a day of the calendar" in str(form.errors["shipped"])
    assert f'value="{parts["year"]}"' in str(form)


@pytest.mark.parametrize("typed", ["TH", "th", "Thailand", "thailand ", "Thailand (TH)", "泰国", "泰国 (TH)"])
def test_a_country_is_found_by_code_and_by_name(typed: str) -> None:
    assert CountryField().clean(typed) == "TH"


@pytest.mark.parametrize("typed", ["Atlantis", "XX", "Atlantis (XX)"])
def test_an_unknown_country_is_refused_with_what_was_typed(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match=re.escape(typed)):
        CountryField().clean(typed)


def test_a_country_is_shown_by_name_and_code() -> None:
    class Where(forms.Form):
        country = CountryField()

    markup = str(Where(initial={"country": "TH"}))
    assert 'value="Thailand (TH)"' in markup
    assert '<datalist id="id_country_list">' in markup
    assert 'list="id_country_list"' in markup


def test_a_file_can_be_sent() -> None:
    class Paper(forms.Form):
        paper = forms.FileField()

    form = Paper({}, {"paper": SimpleUploadedFile("contract.pdf", b"%PDF-")})
    assert form.is_valid()


# Whole pages


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_failure_pages_need_neither_request_nor_context(name: str) -> None:
    markup = render_to_string(name)
    assert "<h1" in markup
    assert "csrfmiddlewaretoken" not in markup


def test_the_page_names_the_person_and_lets_them_go() -> None:
    request = RequestFactory().get("/officer/?q=antimony")
    person = SimpleNamespace(name="李薇", role_label="Licensing officer", organisation="Export Control Licensing Desk")
    context = {
        "request": request,
        "csrf_token": "token",
        "person": person,
        "desk": "officer",
        "demo": True,
        "zone": "Asia/Shanghai",
        "navigation": [{"url": "/officer/", "label": "Queue", "current": True}],
    }
    # Without the context processors, so that no database is asked.
    markup = engines["django"].get_template("base.html").template.render(Context(context))
    assert "李薇" in markup
    assert re.search(r'<form action="[^"]*logout[^"]*" method="post">', markup)
    assert 'value="/officer/?q=antimony"' in markup
    assert 'aria-current="page"' in markup
    assert "Demo data" in markup
    assert "Asia/Shanghai" in markup


def _templates() -> list[Path]:
    return sorted(path for folder in settings.TEMPLATES[0]["DIRS"] for path in Path(folder).rglob("*.html"))


@pytest.mark.parametrize("path", _templates(), ids=lambda path: path.name)
def test_templates_hold_nothing_that_the_content_policy_bars(path: Path) -> None:
    source = re.sub(r"{%.*?%}", "", path.read_text())
    for barred in (
        r"\sstyle\s*=",
        r"<style",
        r"\son[a-z]+\s*=\s*[\"']",
        r"hx-on",
        r"javascript:",
        r"<script(?![^>]*\ssrc=)",
    ):
        assert not re.search(barred, source), f"{path.name} holds {barred}"


def test_what_is_vendored_leaves_font_and_crest_behind() -> None:
    folder = Path(settings.BASE_DIR) / "licensing" / "static" / "vendor" / "govuk-frontend"
    sheet = (folder / "govuk-frontend.min.css").read_text()
    for left_over in ("url(", "@font-face", "GDS Transport", "crest.svg", "sourceMappingURL"):
        assert left_over not in sheet
    assert "sourceMappingURL" not in (folder / "govuk-frontend.min.js").read_text()
    assert "MIT License" in (folder / "LICENSE.txt").read_text()
