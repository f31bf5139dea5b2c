"""Determinations a second in one process, and whether a long past slows them down."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from licensing.rules.determination import determine
from licensing.rules.facts import Facts
from licensing.rules.law import Announcement, LawBook, Measure
from licensing.rules.periods import Period
from tests.rules.test_determination_cases import ALL_CASES, GOLDEN, law, read

FLOOR = 5000
SECONDS = 2.0
PAST = 10
SLOWDOWN = 1.25
"""With ten times as many past announcements, at most a quarter slower: the noise of a shared machine."""


def run() -> Iterator[dict[str, object]]:
    golden = [(case.facts, case.on) for case in map(read, GOLDEN)]
    cases = [(case.facts, case.on) for case in map(read, (c["tree"] for c in ALL_CASES if c["expect"]["outcome"]))]
    for name, work in (("golden scenarios", golden), ("law cases", cases)):
        done, rate = _rate(work, law())
        yield _figure(f"determinations, {name}", done, rate, "1/s", FLOOR, rate / FLOOR)
    plain, long_past = law(), _with_past(law(), PAST)
    slowdown = min(_rate(golden, plain)[1] / _rate(golden, long_past)[1] for _ in range(3))
    yield _figure("slowdown with 10x past announcements", PAST, slowdown, "x", SLOWDOWN, SLOWDOWN / slowdown)


def _rate(work: list[tuple[Facts, date]], book: LawBook) -> tuple[int, float]:
    for facts, on in work:
        determine(facts, book, on=on)
    done, start = 0, time.process_time()
    while time.process_time() - start < SECONDS:
        for facts, on in work:
            determine(facts, book, on=on)
        done += len(work)
    return done, done / (time.process_time() - start)


def _with_past(book: LawBook, times: int) -> LawBook:
    """The same law after a longer history: announcements and measures that ended long ago."""
    over = Period(date(2000, 1, 1), date(2020, 1, 1))
    announcements = dict(book.announcements)
    measures: list[Measure] = []
    for number in range(times):
        for ref, notice in book.announcements.items():
            past = f"PAST-{number}-{ref}"
            announcements[past] = Announcement(past, notice.kind, "", "", over.start, over)
        for measure in book.measures:
            measures.append(replace(measure, key=f"{measure.key}-{number}", in_force=over, suspensions=()))
    return replace(book, announcements=announcements, measures=(*book.measures, *measures), _days={})


def _figure(name: str, n: int, value: float, unit: str, floor: float, ratio: float) -> dict[str, object]:
    return {"name": name, "n": n, "value": round(value, 2), "unit": unit, "floor": floor, "ratio": round(ratio, 2)}
