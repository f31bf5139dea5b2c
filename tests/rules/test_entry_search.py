"""What a person types finds the entries that it may mean."""

import pytest

from licensing.regimes.reader import CN, read
from licensing.rules.entry_search import find

ITEMS = read(CN).law_book().items


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("3C003.b", "3C003.b"),
        ("3c003.B", "3C003.b"),
        ("3C003.b Antimony metal and products (any form)", "3C003.b"),
        ("antimony ingot", "3C003.b"),
        ("金属锑及制品", "3C003.b"),
        ("氧化镓", "3C001.c"),
        ("antimony 8110101000", "3C003.b"),
        ("NdFeB magnet with dysprosium", "1C905.a.4"),
    ],
)
def test_a_text_that_names_one_entry_settles_it(typed: str, code: str) -> None:
    found = find(ITEMS, typed)
    assert found.item is not None
    assert found.item.code == code


def test_an_entry_without_a_code_is_found_by_its_name() -> None:
    found = find(ITEMS, "key parts for six-sided presses")
    assert found.item is not None
    assert found.item.code == ""


def test_words_that_fit_several_entries_settle_none() -> None:
    found = find(ITEMS, "graphite")
    assert found.item is None
    assert [item.code for item in found.entries][:2] == ["1C108.b", "1C108.c"]


def test_chinese_words_are_matched_by_their_characters() -> None:
    found = find(ITEMS, "锑锭")
    assert found.item is None
    assert "3C003.b" in [item.code for item in found.entries]


@pytest.mark.parametrize("typed", ["8110101000", "8110.10.10.00"])
def test_a_customs_code_is_read_but_never_classified_here(typed: str) -> None:
    found = find(ITEMS, typed)
    assert (found.item, found.entries, found.hs, found.words) == (None, (), "8110101000", "")


def test_four_digits_show_the_entries_under_them() -> None:
    assert {item.code for item in find(ITEMS, "8112").entries} >= {"3C001.a", "3C002.a"}


@pytest.mark.parametrize("typed", ["99.65 % antimony", "purity 99.99", "2.5 mm"])
def test_a_figure_is_no_customs_code(typed: str) -> None:
    assert find(ITEMS, typed).hs == ""


@pytest.mark.parametrize("typed", ["", "   ", "%%%", "of the and", "xyzzy", "\x00", "٣٤٥٦"])
def test_what_means_nothing_finds_nothing(typed: str) -> None:
    found = find(ITEMS, typed)
    assert (found.item, found.entries) == (None, ())
