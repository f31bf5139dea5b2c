"""The words of the law on pages: names of countries, documents, kinds, flags and properties, and what an answer says.

Tables are translated when they are read. `sentence` and `outcome_sentence` turn what the engine found into the
reader's language; everything here is public law or the reader's own facts, and takes no model.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from licensing.models.applications import Application, Party
from licensing.models.determinations import OUTCOME_NAMES
from licensing.models.law import (
    ANNOUNCEMENT_KIND_NAMES,
    FAMILY_NAMES,
    LIST_NAMES,
    MEASURE_KIND_NAMES,
    SCOPE_NAMES,
)
from licensing.rules.conditions import All, Any_, Condition, Fact, Not, Param
from licensing.rules.determination import Determination
from licensing.rules.findings import Cite, Outcome, Reason

__all__ = [
    "ANNOUNCEMENT_KIND_NAMES",
    "CLOCK_SENTENCES",
    "DOCUMENT_KIND_NAMES",
    "END_USE_NAMES",
    "FAMILY_NAMES",
    "FLAG_SENTENCES",
    "LICENCE_KIND_NAMES",
    "LIST_NAMES",
    "MEASURE_KIND_NAMES",
    "OUTCOME_NAMES",
    "OUTCOME_SENTENCES",
    "PARAMETER_NAMES",
    "PARTY_ROLE_NAMES",
    "SCOPE_NAMES",
    "TRANSACTION_NAMES",
    "UNIT_NAMES",
    "cite_label",
    "condition_words",
    "country_name",
    "flag_words",
    "law_text",
    "name_in",
    "outcome_sentence",
    "parameter_label",
    "sentence",
    "walk",
]

TRANSACTION_NAMES: Mapping[str, str | Promise] = dict(Application.Transaction.choices)
END_USE_NAMES: Mapping[str, str | Promise] = dict(Application.EndUse.choices)
LICENCE_KIND_NAMES: Mapping[str, str | Promise] = dict(Application.Kind.choices)
PARTY_ROLE_NAMES: Mapping[str, str | Promise] = dict(Party.Role.choices) | {"exporter": _("Exporter")}
DOCUMENT_KIND_NAMES: Mapping[str, Promise] = {
    "contract": _("Contract or agreement"),
    "technical_description": _("Technical description of the goods"),
    "test_report": _("Test report"),
    "end_user_certificate": _("End-user certificate"),
    "end_use_certificate": _("End-use certificate"),
    "identity_of_signatories": _("Identity of the legal representative, the manager and the person in charge"),
    "introduction_of_importer_and_end_user": _("Introduction of importer and end user"),
    "risk_assessment_report": _("Risk assessment report"),
    "written_pledge": _("Written pledge that the goods are used as declared"),
    "other": _("Other paper"),
}

OUTCOME_SENTENCES: Mapping[str, Promise] = {
    Outcome.PROHIBITED: _("This export is prohibited."),
    Outcome.PRESUMPTION_OF_DENIAL: _("You need a licence, and as a rule it is not granted."),
    Outcome.REFER: _("A person at the authority has to decide: these facts do not settle it."),
    Outcome.LICENCE_REQUIRED: _("You need a licence before the goods leave."),
    Outcome.NO_LICENCE_REQUIRED: _("You need no export-control licence for these goods on this day."),
}

CLOCK_SENTENCES: Mapping[str, Promise] = {
    "45_working_days": _("The authority decides within 45 working days of accepting a complete application."),
    "no_limit": _("The law sets no time limit for this review."),
    "none": _("There is no application, so no time limit runs."),
}

FLAG_SENTENCES: Mapping[str, Promise] = {
    "catch_all": _("Unlisted goods can need a licence when a use of concern is known or suspected."),
    "check_jp_military": _("Rule out that the end user in Japan is a military user."),
    "check_us_military": _("Rule out that the end user in the United States is a military user."),
    "classification_unclear": _("Which entry describes the goods is not settled."),
    "control_list_hit": _("A party is on the control name list."),
    "customs_query": _("Customs would ask about this and hold the goods meanwhile."),
    "destination_mismatch": _("The declared destination is not where the goods are meant to end up."),
    "enhanced_review": _("End user and end use are reviewed more strictly."),
    "extraterritorial": _("A measure that reaches abroad applies."),
    "formerly_listed": _("A party was listed once; the measures against it have ended."),
    "future_measure_known": _("A measure that is already announced will apply later."),
    "hs_mismatch": _("The declared customs code is not the one found."),
    "licence_on_exit": _("A licence is due when the goods leave the bonded area for abroad."),
    "military_end_use": _("A ban on military end use decides."),
    "near_threshold_declaration": _("The customs declaration must state the measured properties."),
    "no_time_limit": _("The limit of 45 working days does not run."),
    "ordinary_export_licence_check": _("An ordinary export licence may be needed: check that catalogue, too."),
    "origin_unclear": _("Whether the goods count as Chinese is for a person to decide."),
    "outside_licence_system": _("No licence can open this trade."),
    "ownership_hit": _("A listed party owns half or more of a party."),
    "parameters_missing": _("Properties that the entry asks for are not all given."),
    "red_flag_end_user": _("The end user or the end use gives cause for concern."),
    "special_circumstance_route": _("Only an application for special circumstances is open."),
    "stop_and_report": _("Stop, report to the authority, and wait for its decision."),
    "structuring": _("One consignment is split into many parcels."),
    "suspected_false_declaration": _("What is declared would free the goods; what was found controls them."),
    "suspended_listing": _("The listing of a party is suspended."),
    "suspension_ends_soon": _("A suspension that matters here ends within ten days."),
    "third_country_transshipment": _(
        "The goods pass through another country on their way to one that a measure covers."
    ),
    "uel_hit": _("A party is on the unreliable entity list."),
    "unknown_end_user": _("End user or final destination is not stated."),
    "voucher_route": _("A registration voucher takes the place of a licence."),
    "watch_list_hit": _("A party is on the watch list."),
}

PARAMETER_NAMES: Mapping[str, Promise] = {
    "purity_pct": _("Purity"),
    "sb_pct": _("Antimony content by weight"),
    "mo_pct": _("Molybdenum content by weight"),
    "w_pct": _("Tungsten content by weight"),
    "cu_pct": _("Copper content by weight"),
    "ag_pct": _("Silver content by weight"),
    "dy_pct": _("Dysprosium content by weight"),
    "tb_pct": _("Terbium content by weight"),
    "density_g_cm3": _("Density"),
    "flexural_mpa": _("Flexural strength"),
    "elastic_limit_mpa": _("Elastic limit"),
    "uts_mpa": _("Ultimate tensile strength"),
    "elongation_pct": _("Elongation"),
    "dislocation_density_cm2": _("Dislocation density"),
    "particle_size_um": _("Particle size"),
    "mean_particle_um": _("Mean particle size"),
    "wire_diameter_um": _("Wire diameter"),
    "breaking_force_n": _("Breaking force"),
    "hardness_hrb": _("Hardness of the diamond layer"),
    "max_speed_m_s": _("Maximum speed"),
    "diameter_inch": _("Diameter"),
    "transmittance_pct": _("Visible transmittance"),
    "bore_mm": _("Bore"),
    "design_pressure_gpa": _("Design pressure"),
    "synthesis_pressure_gpa": _("Synthesis pressure"),
    "power_kw": _("Microwave power"),
    "frequency_mhz": _("Frequency"),
    "cylinder_diameter_mm": _("Diameter of a cylinder that can be made from it"),
    "cylinder_length_mm": _("Length of a cylinder that can be made from it"),
    "tube_inner_diameter_mm": _("Inner diameter of a tube that can be made from it"),
    "tube_wall_mm": _("Wall of a tube that can be made from it"),
    "tube_length_mm": _("Length of a tube that can be made from it"),
    "block_length_mm": _("Length of a block that can be made from it"),
    "block_width_mm": _("Width of a block that can be made from it"),
    "block_height_mm": _("Height of a block that can be made from it"),
    "energy_density_wh_kg": _("Energy density by weight"),
    "compacted_density_g_cm3": _("Compacted density"),
    "specific_capacity_mah_g": _("Specific capacity"),
    "china_content_value_pct": _("Share of Chinese rare-earth input in the value"),
}

UNIT_NAMES: Mapping[str, str | Promise] = {
    "g/cm3": "g/cm³",
    "per cm2": _("per cm²"),
    "um": "µm",
    "inch": _("inch"),
}
"""Units that are written otherwise than in `licensing.rules.parameters`."""

_LAW_TEXTS = frozenset({"text", "threshold"})
_PLACES = frozenset({"destination", "stops", "ends", "others", "origin", "declared"})


def country_name(code: str) -> str:
    """A country, ``EU`` or ``*`` of a measure in words; what is no such code stays as it is."""
    match code:
        case "EU":
            return gettext("the European Union")
        case "*":
            return gettext("any country")
    return (countries.name(code) or code) if len(code) == 2 and code.isupper() else code


def name_in(english: str, chinese: str) -> str:
    """The name in the reader's language, in the other where only that is known."""
    zh = (get_language() or "").startswith("zh")
    return (chinese or english) if zh else (english or chinese)


def law_text(text: str) -> str:
    """A text of the regime pack (a threshold, a condition, a summary) in the reader's language, where it is known."""
    return gettext(text) if text else ""


def cite_label(cite: Cite) -> str:
    """A citation as the page prints it: ``CN-2024-46 (2)``; articles of the law with "Art"."""
    if not cite.paragraph:
        return cite.announcement
    if cite.announcement.startswith(("CN-ECL", "CN-REG")):
        return gettext("%(ref)s Art %(article)s") % {"ref": cite.announcement, "article": cite.paragraph}
    return gettext("%(ref)s para %(paragraph)s") % {"ref": cite.announcement, "paragraph": cite.paragraph}


def sentence(reason: Reason) -> str:
    """What a reason says, in the reader's language, with countries, roles and outcomes in words."""
    return gettext(reason.sentence).format_map(_values_in_words(reason.values))


def _values_in_words(values: Mapping[str, str]) -> dict[str, str]:
    words = {key: str(value) for key, value in values.items()}
    for key in _PLACES & words.keys():
        words[key] = gettext(", ").join(country_name(part) for part in words[key].split(", "))
    if "name" in words:
        words["name"] = name_in(words["name"], words.get("name_zh", ""))
    for key in _LAW_TEXTS & words.keys():
        words[key] = law_text(words[key])
    if "outcome" in words:
        words["outcome"] = str(OUTCOME_NAMES.get(words["outcome"], words["outcome"]))
    if "role" in words:
        words["role"] = str(PARTY_ROLE_NAMES.get(words["role"], words["role"]))
    return words


def flag_words(flag: str, *, ends: date | None = None) -> str:
    """A flag as one sentence. ``ends``: the last day of the suspension that ``suspension_ends_soon`` speaks of."""
    if flag == "suspension_ends_soon" and ends:
        return gettext("The suspension ends on %(day)s.") % {"day": ends.isoformat()}
    return str(FLAG_SENTENCES.get(flag, flag))


def outcome_sentence(determination: Determination) -> str:
    """The answer in one plain sentence."""
    flags = determination.flags
    match determination.outcome:
        case Outcome.LICENCE_REQUIRED if determination.licence_kinds == ("registration_voucher",):
            return gettext("You need no licence but a registration voucher, before the goods leave.")
        case Outcome.PROHIBITED if "special_circumstance_route" in flags:
            return gettext("This export is prohibited; only an application for special circumstances is open.")
        case Outcome.NO_LICENCE_REQUIRED if "licence_on_exit" in flags:
            return gettext("You need no licence for this move; you need one when the goods leave for abroad.")
    return str(OUTCOME_SENTENCES[determination.outcome])


def parameter_label(key: str, unit: str) -> str:
    """A measured property with its unit: ``Purity (%)``."""
    name = PARAMETER_NAMES.get(key, key)
    return f"{name} ({UNIT_NAMES.get(unit, unit)})" if unit else str(name)


def condition_words(condition: Condition | None) -> str:
    """A typed condition as words, as a person would read it aloud."""
    if condition is None:
        return gettext("no test of its own: the name of the goods decides")
    return _condition(condition, nested=False)


def _condition(condition: Condition, *, nested: bool) -> str:
    match condition:
        case All(parts):
            return _joined(gettext(" and "), parts, nested)
        case Any_(parts):
            return _joined(gettext(" or "), parts, nested)
        case Not(part):
            return gettext("not (%(test)s)") % {"test": _condition(part, nested=False)}
        case Param():
            return _param(condition)
        case Fact():
            return _fact(condition)


def _joined(word: str, parts: tuple[Condition, ...], nested: bool) -> str:
    text = word.join(_condition(part, nested=True) for part in parts)
    return f"({text})" if nested and len(parts) > 1 else text


def _param(param: Param) -> str:
    tests = {
        ">": _("%(name)s above %(value)s %(unit)s"),
        ">=": _("%(name)s of %(value)s %(unit)s or more"),
        "<": _("%(name)s below %(value)s %(unit)s"),
        "<=": _("%(name)s of %(value)s %(unit)s or less"),
        "=": _("%(name)s of exactly %(value)s %(unit)s"),
    }
    name = str(PARAMETER_NAMES.get(param.key, param.key))
    unit = str(UNIT_NAMES.get(param.unit, param.unit))
    return (str(tests[param.op]) % {"name": name, "value": _plain(param.value), "unit": unit}).strip()


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _fact(fact: Fact) -> str:
    match fact.name:
        case "named":
            return gettext("the goods are: %(name)s") % {"name": fact.value}
        case "end_use":
            uses = gettext(", ").join(str(END_USE_NAMES.get(use, use)) for use in fact.value)
            return gettext("end use: %(uses)s") % {"uses": uses}
        case "end_user_in":
            places = gettext(", ").join(country_name(code) for code in fact.value)
            return gettext("destination or end user in %(places)s") % {"places": places}
        case "party_on":
            return gettext("importer or end user on the list: %(list)s") % {
                "list": LIST_NAMES.get(fact.value, fact.value)
            }
        case "known_concern":
            return gettext("the exporter knows, or was told, of a concern")
        case "breach_of":
            return ngettext(
                "conduct that paragraph %(paragraphs)s forbids",
                "conduct that paragraphs %(paragraphs)s forbid",
                len(fact.value),
            ) % {"paragraphs": gettext(", ").join(fact.value)}
        case _:
            return gettext("a person decides: %(test)s") % {"test": fact.value}


def walk(reasons: tuple[Reason, ...]) -> Iterator[Reason]:
    """Every reason of a tree, parents before children."""
    for reason in reasons:
        yield reason
        yield from walk(reason.children)
