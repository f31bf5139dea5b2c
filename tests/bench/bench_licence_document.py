"""How long a licence takes to sign, to set and seal on paper, and to verify, in one process."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from django.test import override_settings

from licensing.rules.licence_codes import qr_text, verify
from licensing.services import keys, licence_documents, licence_seals
from tests.papers import paper


def run() -> Iterator[dict[str, object]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(SLUICE_DATA=Path(folder), DEMO=True, LICENCE_SIGNING_KEY="", LICENCE_SEAL_KEY=""),
    ):
        issuing, published = keys.issuing(), keys.published()
        document = paper(lines=12)
        code = qr_text(document, issuing.signing)
        pdf = licence_documents.render(document=document, keys=issuing)
        yield _figure("licence_pdf", 10, 500, lambda: licence_documents.render(document=document, keys=issuing))
        yield _figure(
            "licence_pdf_check", 10, 150, lambda: licence_seals.check(pdf=pdf, keys=published, at=datetime.now(UTC))
        )
        yield _figure("licence_code_sign", 200, 5, lambda: qr_text(document, issuing.signing))
        yield _figure("licence_code_verify", 500, 2, lambda: verify(code, published.signing))


def _figure(name: str, n: int, floor: float, act: Callable[[], object]) -> dict[str, object]:
    start = perf_counter()
    for _ in range(n):
        act()
    value = (perf_counter() - start) * 1000 / n
    return {
        "name": name,
        "n": n,
        "value": round(value, 3),
        "unit": "ms",
        "floor": floor,
        "ratio": round(floor / value, 2),
    }
