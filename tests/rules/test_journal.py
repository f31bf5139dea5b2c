"""The chain of the journal: every field counts, and a broken trail is found where it breaks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.rules.journal import Break, Entry, canonical, content_hash, entry_hash, verify

FIRST = Entry(
    stream="application:SL-2026-8J4K2M9Q",
    number=1,
    at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    actor=7,
    organisation=3,
    act="submit",
    data={"from": "draft", "to": "submitted"},
    request_id="r-1",
    prior="",
)


def chain(length: int, stream: str = FIRST.stream) -> list[tuple[Entry, str]]:
    entries: list[tuple[Entry, str]] = []
    prior = ""
    for number in range(1, length + 1):
        entry = replace(FIRST, stream=stream, number=number, prior=prior, at=FIRST.at + timedelta(minutes=number))
        prior = entry_hash(entry)
        entries.append((entry, prior))
    return entries


def test_canonical_json_is_one_text_for_one_content() -> None:
    assert canonical({"b": "锑", "a": [1, None]}) == '{"a":[1,null],"b":"锑"}'
    assert content_hash({"b": 1, "a": 2}) == content_hash({"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stream", "application:SL-2026-OTHER"),
        ("number", 2),
        ("at", FIRST.at + timedelta(microseconds=1)),
        ("actor", None),
        ("organisation", 4),
        ("act", "withdraw"),
        ("data", {"from": "draft", "to": "withdrawn"}),
        ("request_id", "r-2"),
        ("prior", "0" * 64),
    ],
)
def test_every_field_is_covered_by_the_hash(field: str, value: object) -> None:
    assert entry_hash(replace(FIRST, **{field: value})) != entry_hash(FIRST)


def test_the_same_moment_in_another_zone_is_the_same_entry() -> None:
    from zoneinfo import ZoneInfo

    assert entry_hash(replace(FIRST, at=FIRST.at.astimezone(ZoneInfo("Asia/Shanghai")))) == entry_hash(FIRST)


def test_a_sound_trail_of_several_streams_has_no_break() -> None:
    assert verify([]) is None
    assert verify(chain(3, "a") + chain(1, "b") + chain(5, "c")) is None


@given(length=st.integers(2, 8), data=st.data())
def test_a_change_is_found_where_it_was_made(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    at = data.draw(st.integers(0, length - 1))
    entry, stored = entries[at]
    entries[at] = (replace(entry, data={"from": "draft", "to": "granted"}), stored)
    assert verify(entries) == Break(FIRST.stream, at + 1, "was changed after it was written")


@given(length=st.integers(2, 8), data=st.data())
def test_a_missing_entry_is_found_unless_it_is_the_last(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    at = data.draw(st.integers(0, length - 2))
    del entries[at]
    assert verify(entries) == Break(FIRST.stream, at + 1, f"entry {at + 1} is missing")


def test_an_entry_rewritten_with_a_fitting_hash_breaks_the_next() -> None:
    entries = chain(3)
    forged = replace(entries[1][0], act="withdraw")
    entries[1] = (forged, entry_hash(forged))
    assert verify(entries) == Break(FIRST.stream, 3, "does not follow the entry before it")


def test_an_inserted_entry_is_found() -> None:
    entries = chain(3)
    forged = replace(entries[1][0], number=2, act="accept")
    entries.insert(1, (forged, entry_hash(forged)))
    found = verify(entries)
    assert found is not None
    assert found.number == 3


def test_two_entries_that_changed_places_are_found() -> None:
    entries = chain(4)
    (second, second_hash), (third, third_hash) = entries[1], entries[2]
    entries[1] = (replace(third, number=2), third_hash)
    entries[2] = (replace(second, number=3), second_hash)
    assert verify(entries) == Break(FIRST.stream, 2, "does not follow the entry before it")
