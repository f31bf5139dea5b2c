"""`python -m tests.bench [WORD...]`: run the benchmarks, or those whose file name holds a word, as JSON lines.

A benchmark is a module `tests/bench/bench_*.py` with `run()`, which yields a dict for each figure: name, n (how many
were measured), value, unit, floor (the least, or for times the most, that is acceptable) and ratio (how good the
value is against the floor: 1 is just enough, 2 twice as good). Exit 1 when a ratio is below 1.
"""

import importlib
import json
import os
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

KEYS = ("name", "n", "value", "unit", "floor", "ratio")


def figures(words: list[str]) -> Iterable[dict[str, object]]:
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        if not words or any(word in path.stem for word in words):
            for figure in importlib.import_module(f"tests.bench.{path.stem}").run():
                if set(figure) != set(KEYS):
                    raise SystemExit(f"{path.name}: a figure has {sorted(figure)} and must have {sorted(KEYS)}.")
                yield figure


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
    import django

    django.setup()
    missed = 0
    for figure in figures(sys.argv[1:]):
        print(json.dumps({key: figure[key] for key in KEYS}, default=lambda value: float(Decimal(value))), flush=True)
        missed += float(str(figure["ratio"])) < 1
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
