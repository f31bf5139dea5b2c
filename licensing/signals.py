"""The bells and questions between floors and apps. Identifiers only; a receiver reads the rows afresh.

Bells ring after the commit (`licensing.services.bell`) and may be lost. Questions are asked inside a transaction and
their answers used.
"""

from django.dispatch import Signal

application_submitted = Signal()
"""Bell: ``application_id``."""

application_decided = Signal()
"""Bell: ``application_id``."""

licence_issued = Signal()
"""Bell: ``licence_id``."""

case_parts_wanted = Signal()
"""Question: ``application``; other apps answer with a list of `licensing.rules.case_parts.CasePart` for the officer's
case page. Official pages only: nothing that an exporter can reach may ask it."""

evidence_wanted = Signal()
"""Question: ``application``; whoever screens answers with a `licensing.rules.evidence.ScreeningEvidence`, or None."""

regime_loading = Signal()
"""A regime pack is being written. Sent synchronously inside the transaction of the load, so a receiver that raises
undoes it all. Arguments: ``pack`` (`licensing.rules.regime_pack.Pack`), ``allow_removal`` (rows absent from the pack
may be deleted; without it they stay and are only reported) and ``differences``, a list to which the receiver appends
the `licensing.rules.differences.Difference` of each table of its own."""
