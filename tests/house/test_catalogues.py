"""Whatever a person may read is marked, and has its Chinese."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import gettext, ngettext, override

from tests.house import catalogues
from tests.house.catalogues import APPS, PROJECT

TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
CODE = re.compile(
    r"{#.*?#}|{% comment %}.*?{% endcomment %}|{%.*?%}|{{.*?}}|<!--.*?-->|<(script|style)\b.*?</\1>", re.S
)
TRANSLATED = re.compile(r"{% blocktranslate\b.*?{% endblocktranslate %}", re.S)
READ_ALOUD = re.compile(r"""\b(?:aria-label|alt|placeholder|title)="([^"]*)\"""")
TAG = re.compile(r"<[^>]*>")
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = {"Sluice", "SHA", "CSV", "PDF", "API", "English", "EN", "nbsp", "times", "hellip", "middot"}
"""What is the same in every language."""


@pytest.mark.parametrize("app", APPS)
def test_every_string_is_translated(app: str) -> None:
    assert catalogues.missing(app) == []


@pytest.mark.parametrize("app", APPS)
def test_the_compiled_catalogue_is_the_written_one(app: str) -> None:
    assert catalogues.stale(app) == []


def test_strings_are_found_wherever_they_are_marked() -> None:
    found = catalogues.extract("licensing")
    in_rules = found.get("{code} {name} describes the goods.")
    assert in_rules is not None
    assert [name for name, _line in in_rules.locations] == ["licensing/rules/classification.py"]
    in_a_model = found.get("Single licence")
    assert in_a_model is not None
    in_a_template = found.get("<b>%(elapsed)s</b> of %(total)s working day")
    assert in_a_template is not None
    assert in_a_template.id[1] == "<b>%(elapsed)s</b> of %(total)s working days"
    assert catalogues.extract("enforcement").get("Are these two the same?") is not None
    assert catalogues.extract("enforcement").get("Single licence") is None


def test_django_reads_the_compiled_catalogues() -> None:
    with override("zh-hans"):
        assert gettext("End user") == "最终用户"
        assert gettext("Are these two the same?") == "两者是否为同一主体？"
        assert ngettext("%(count)s working day", "%(count)s working days", 45) % {"count": 45} == "45个工作日"
    with override("en"):
        assert ngettext("%(count)s working day", "%(count)s working days", 1) % {"count": 1} == "1 working day"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(PROJECT / "templates").as_posix())
def test_templates_hold_no_words_outside_the_catalogue(template: Path) -> None:
    assert sorted(set(_unmarked(template.read_text())) - NAMES) == []


def _unmarked(source: str) -> Iterator[str]:
    """Words that stand in a template as they are: between tags, or in an attribute that is read out."""
    text = CODE.sub(" ", TRANSLATED.sub(" ", source))
    for part in (TAG.sub(" ", text), *READ_ALOUD.findall(text)):
        yield from WORD.findall(part)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/check/", "/account/login/", "/register/", "/verify/"])
def test_a_page_in_chinese_holds_no_english_sentence(client: Client, address: str) -> None:
    client.cookies["django_language"] = "zh-hans"
    page = client.get(address, follow=True).content.decode()
    text = TAG.sub(" ", CODE.sub(" ", page))
    assert re.findall(r"[A-Za-z]+(?: [A-Za-z]+){3,}", text) == []
