"""Answer scenarios under the law of their day, without a database."""

import json
from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licensing.regimes import reader
from licensing.rules import listings, scenarios
from licensing.rules.determination import Determination, determine
from licensing.rules.law import LawBook, NoLawInForce
from licensing.rules.regime_pack import BadPack
from licensing.rules.scenarios import BadScenario

PROBLEM = 1
BAD_USE = 2


class Command(BaseCommand):
    help = (
        "Answer the scenarios of a JSON file under the law of their day. Prints a JSON array in the order given. "
        "Exit 0: all answered; 1: no law of the regime was in force on a scenario's day; 2: the input cannot be read."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.json", type=Path, help="scenarios, in the schema of the regime pack")
        parser.add_argument(
            "--regime",
            metavar="DIR",
            type=Path,
            default=reader.CN,
            help="the regime pack to apply (default: the one shipped)",
        )

    def handle(self, *args: Any, file: Path, regime: Path, **options: Any) -> None:
        law = _law(regime)
        by_name = listings.index(law.listings)
        try:
            cases = scenarios.read_all(_tree(file), lambda name: listings.match(name, by_name))
        except BadScenario as error:
            raise CommandError(str(error), returncode=BAD_USE) from error
        answers = []
        for case in cases:
            try:
                answers.append(_answer(case.id, determine(case.facts, law, on=case.on)))
            except NoLawInForce as error:
                raise CommandError(f"Scenario {case.id}: {error}", returncode=PROBLEM) from error
        self.stdout.write(json.dumps(answers, ensure_ascii=False, indent=1))


def _law(folder: Path) -> LawBook:
    try:
        return reader.read(folder).law_book()
    except BadPack as error:
        more = f" ({len(error.faults) - 1} more)" if len(error.faults) > 1 else ""
        raise CommandError(f"The regime pack cannot be used: {error.faults[0]}{more}", returncode=BAD_USE) from error


def _tree(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=BAD_USE) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8 text.", returncode=BAD_USE) from error
    except json.JSONDecodeError as error:
        message = f"{file} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise CommandError(message, returncode=BAD_USE) from error


def _answer(scenario: str, answer: Determination) -> dict[str, Any]:
    return {
        "id": scenario,
        "outcome": answer.outcome.value,
        "deciding_measure": answer.deciding_measure,
        "other_measures": list(answer.other_measures),
        "licence_kinds": list(answer.licence_kinds),
        "flags": list(answer.flags),
        "reasons": [text for reason in answer.reasons for text in (reason.text, *(c.text for c in reason.children))],
    }
