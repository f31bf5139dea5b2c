"""The announcements on which the general rules of the Chinese regime rest, under their references.

Measures, entries and listings name their own announcement; these are the ones that the rules in between cite.
"""

LAW = "CN-ECL-2020"
"""Export Control Law: the catch-all (Art 12), transit and re-export (Art 45), foreign persons (Art 44)."""

REGULATIONS = "CN-REG-2024-792"
"""Regulations on dual-use items: licences (Arts 15-20), lists (Arts 26-30), bonded moves (Art 48), reach (Art 49)."""

UNIFIED_LIST = "CN-2024-51"
"""The control list that carries every entry since 2024-12-01."""

CUSTOMS_QUERY = "GACC-2025-123"
"""How customs asks about a declaration that contradicts itself or the goods."""

UNRELIABLE_ENTITIES = "CN-REG-2020-UEL"
"""Provisions on the unreliable entity list."""

OVERSEAS_RARE_EARTHS = "CN-2025-61"
"""Control of rare-earth items outside China, whose Annex 1 is the scope ``rare_earth_overseas``."""

OVERSEAS_RARE_EARTH_ENTRIES = "CN-2025-18"
"""The notice whose medium and heavy rare-earth entries stand for that Annex 1, together with the magnets."""
