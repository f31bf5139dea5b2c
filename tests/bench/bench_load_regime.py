"""How long the shipped regime takes to read, to load into an empty base, to load again, and to open as a law book."""

from collections.abc import Callable, Iterator
from time import perf_counter

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from licensing.regimes.reader import CN, read
from licensing.services import law, regimes


def run() -> Iterator[dict[str, object]]:
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        pack = read(CN)
        rows = len(pack.listings) + sum(len(getattr(pack.law, table.name)) for table in regimes.TABLES)
        yield _figure("read regime", rows, _seconds(lambda: read(CN)), floor=1)
        with transaction.atomic():
            yield _figure("load regime into an empty base", rows, _seconds(lambda: _load(pack)), floor=5)
            with CaptureQueriesContext(connection) as asked:
                yield _figure("load regime again", rows, _seconds(lambda: _load(pack)), floor=2)
            yield _figure("queries of loading again", rows, len(asked), floor=40, unit="queries")
            yield _figure("open the law book", rows, _seconds(law.law_book), floor=1)
            transaction.set_rollback(True)
    finally:
        runner.teardown_databases(databases)


def _load(pack: regimes.Pack) -> None:
    regimes.load(pack=pack, source="bench", by=None)


def _seconds(act: Callable[[], object]) -> float:
    begun = perf_counter()
    act()
    return perf_counter() - begun


def _figure(name: str, n: int, value: float, *, floor: float, unit: str = "s") -> dict[str, object]:
    return {
        "name": name,
        "n": n,
        "value": round(value, 4),
        "unit": unit,
        "floor": floor,
        "ratio": round(floor / value, 2),
    }
