"""What holds of every determination, whatever the case."""

import itertools
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.rules.conditions import Fact
from licensing.rules.determination import determine, from_json, to_json
from licensing.rules.facts import END_USES, TRANSACTIONS, Facts, Goods, Owner, PartyFacts, without_listings
from licensing.rules.law import LawBook, Listing, Measure
from licensing.rules.periods import Period
from tests.rules.test_determination_cases import law

FIRST, LAST = date(2023, 6, 1), date(2027, 3, 1)
COUNTRIES = ["US", "JP", "DE", "TH", "TW", ""]
SOME_ITEMS = [item.code or item.key for item in law().items][::4]
SOME_CODES = ["8110101000", "2825800010", "2825800090", "8505111000", "3818009020", "28053019", "7408110000", ""]
SOME_FAMILIES = [None, "antimony", "gallium", "rare_earth_mh", "rare_earth_magnet", "graphite", "tungsten"]
LISTINGS = law().listings[::9]

days = st.dates(FIRST, LAST)
figures = st.decimals(0, 100, places=2)
countries = st.sampled_from(COUNTRIES)
few_listings = st.lists(st.sampled_from(LISTINGS), max_size=2).map(tuple)

goods = st.builds(
    Goods,
    description=st.sampled_from(["", "Antimony ingot", "Holmium oxide", "Samarium-cobalt magnets"]),
    item_code=st.none() | st.sampled_from(SOME_ITEMS),
    family=st.sampled_from(SOME_FAMILIES),
    hs_declared=st.sampled_from(SOME_CODES),
    hs_assessed=st.sampled_from(SOME_CODES),
    origin=countries | st.just("CN"),
    parameters=st.dictionaries(
        st.sampled_from(["purity_pct", "purity_pct_declared", "purity_pct_assay", "dy_pct", "tb_pct"]),
        figures,
        max_size=3,
    ),
)
owners = st.builds(
    Owner, st.sampled_from(["Owner A", "Owner B"]), countries, st.none() | st.sampled_from([49, 50, 100]).map(Decimal),
    few_listings,
)  # fmt: skip
parties = st.builds(
    PartyFacts,
    st.sampled_from(["exporter", "consignee", "importer", "end_user", "broker"]),
    st.sampled_from(["", "Alpha", "Beta", "not stated"]),
    countries,
    st.lists(owners, max_size=2).map(tuple),
    few_listings,
)
known = st.fixed_dictionaries(
    {},
    optional={
        "exporter_knowledge": st.booleans(),
        "authority_notice": st.booleans(),
        "parcels": st.integers(0, 6),
        "temporary_import_for_exhibition": st.booleans(),
        "unchanged": st.booleans(),
    },
)
cases = st.builds(
    Facts,
    transaction=st.sampled_from(TRANSACTIONS),
    ship_from=st.sampled_from(["CN", "VN"]),
    goods=st.lists(goods, min_size=1, max_size=3).map(
        lambda lines: tuple(replace(line, line=number) for number, line in enumerate(lines, 1))
    ),
    parties=st.lists(parties, max_size=4, unique_by=lambda party: (party.role, party.name, party.country)).map(tuple),
    declared_destination=countries,
    final_destination=countries,
    transit=st.lists(countries, max_size=2).map(tuple),
    end_use=st.sampled_from(END_USES),
    known=known,
)

scopes = st.sampled_from(["all", "antimony", "gallium", "rare_earth_mh", "rare_earth_overseas", "unlisted"])
conditions = st.sampled_from(
    [
        None,
        Fact("end_use", ("military", "wmd")),
        Fact("end_user_in", ("US", "EU")),
        Fact("party_on", "control_list"),
        Fact("known_concern", True),
        Fact("breach_of", ("1", "2")),
        Fact("person", "only a person can tell"),
    ]
)
new_measures = st.builds(
    Measure,
    key=st.just("DM-NEW"),
    announcement=st.just("CN-2026-99"),
    paragraph=st.just("1"),
    destination=st.sampled_from(["US", "JP", "EU", "TH", "*"]),
    scope=scopes,
    kind=st.sampled_from(
        ["ban", "presumption_of_denial", "enhanced_review", "military_end_use_ban", "extraterritorial", "catch_all"]
    ),
    text=st.just("a new measure"),
    condition=conditions,
    in_force=st.builds(Period, days, st.none()),
)


def with_measure(measure: Measure) -> LawBook:
    return replace(law(), measures=(*law().measures, measure), _days={})


@given(cases, new_measures, days)
def test_adding_a_measure_never_loosens_an_outcome(case: Facts, measure: Measure, on: date) -> None:
    before = determine(case, law(), on=on)
    after = determine(case, with_measure(measure), on=on)
    assert after.outcome.rank >= before.outcome.rank
    for line_before, line_after in zip(before.lines, after.lines, strict=True):
        assert line_after.outcome.rank >= line_before.outcome.rank
        assert line_before.outcome is not line_after.outcome or set(line_after.licence_kinds) <= {
            *line_before.licence_kinds
        }


@given(cases, st.sampled_from(law().listings), days)
def test_a_listing_of_a_party_never_loosens_an_outcome(case: Facts, listing: Listing, on: date) -> None:
    before = determine(case, law(), on=on)
    listed = tuple(replace(party, listings=(*party.listings, listing)) for party in case.parties)
    assert determine(replace(case, parties=listed), law(), on=on).outcome.rank >= before.outcome.rank


@given(cases, days, st.randoms(use_true_random=False))
def test_order_of_lines_parties_and_stops_does_not_matter(case: Facts, on: date, random: object) -> None:
    shuffled = replace(
        case,
        goods=tuple(random.sample(case.goods, len(case.goods))),  # type: ignore[attr-defined]
        parties=tuple(random.sample(case.parties, len(case.parties))),  # type: ignore[attr-defined]
        transit=tuple(reversed(case.transit)),
    )
    assert determine(shuffled, law(), on=on) == determine(case, law(), on=on)


@given(cases, days, days)
def test_the_answer_depends_on_facts_law_and_day_alone(case: Facts, on: date, another: date) -> None:
    first = determine(case, law(), on=on)
    determine(case, law(), on=another)
    untouched = replace(law(), _days={})
    assert determine(case, untouched, on=on) == first == determine(case, law(), on=on)


@given(cases, days)
def test_a_determination_survives_json(case: Facts, on: date) -> None:
    answer = determine(case, law(), on=on)
    assert from_json(json.loads(json.dumps(to_json(answer)))) == answer


@given(cases, days)
def test_every_sentence_can_be_filled_in(case: Facts, on: date) -> None:
    for line in determine(case, law(), on=on).lines:
        assert all(reason.text and "{" not in reason.text for reason in line.reasons)


@given(cases, days)
def test_the_whole_is_its_gravest_line(case: Facts, on: date) -> None:
    answer = determine(case, law(), on=on)
    assert answer.outcome.rank == max(line.outcome.rank for line in answer.lines)
    assert answer.deciding_measure in {line.deciding_measure for line in answer.lines}
    assert answer.deciding_measure not in answer.other_measures


@given(cases, days)
def test_a_listed_item_without_end_user_or_destination_is_never_free(case: Facts, on: date) -> None:
    export = replace(case, transaction="export", goods=(Goods(item_code="3C003.b"),), final_destination="")
    answer = determine(export, law(), on=on)
    if on >= date(2024, 9, 15):
        assert answer.outcome.rank >= 2
        assert "unknown_end_user" in answer.flags


LISTING_WORDS = (
    "hit",
    "listing",
    "listed",
    "special_circumstance",
    "no_time_limit",
    "ownership",
    "uel",
    "outside_licence",
)


@given(cases, days)
def test_a_preview_says_nothing_of_listings(case: Facts, on: date) -> None:
    bare = determine(without_listings(case), law(), on=on)
    assert not [flag for flag in bare.flags if any(word in flag for word in LISTING_WORDS)]
    refs = {listing.announcement for listing in law().listings}
    assert refs.isdisjoint({bare.deciding_measure, *bare.other_measures})


@settings(max_examples=20)
@given(days)
def test_outcomes_change_only_on_days_that_the_law_names(start: date) -> None:
    """Between two neighbouring days, an unlisted party's case moves only where a row of the law begins or ends."""
    law_days = set(itertools.chain.from_iterable(_days(row) for row in (*law().items, *law().measures)))
    law_days |= {a.issued_on for a in law().announcements.values() if a.issued_on}
    law_days |= {a.in_force.start for a in law().announcements.values() if a.in_force}
    ingot = Goods(item_code="3C003.b", family="antimony", origin="CN")
    user = PartyFacts("end_user", "Lakeside Works LLC", "US")
    case = Facts(goods=(ingot,), parties=(user,), declared_destination="US", final_destination="US", end_use="civil")
    for step in range(60):
        day, after = start + timedelta(step), start + timedelta(step + 1)
        if after not in law_days:
            assert determine(case, law(), on=day).outcome is determine(case, law(), on=after).outcome


def _days(row: object) -> list[date]:
    periods = [row.in_force, *(suspension.period for suspension in row.suspensions)]  # type: ignore[attr-defined]
    return [day for period in periods for day in (period.start, period.end) if day]
