"""`manage.py draw_workflow`: print docs/workflow.md, made from the table of moves."""

from typing import Any

from django.core.management.base import BaseCommand

from licensing.rules.workflow import CLOSED, EDITABLE, MOVES, OPEN, Gate, LicenceStatus, Status

GATE_WORDS = {
    Gate.COMPLETE: "nothing is missing from the filing",
    Gate.DECLARED: "a person has signed the declaration since the last change",
    Gate.SCREENED: "screened since the parties and the lists last changed, no hit left open",
    Gate.NO_HOLD: "no hold stands",
    Gate.DETERMINED_TODAY: "the law of the day, asked again, answers as it did when recommended",
    Gate.TWO_PERSONS: "two persons sign the same content",
    Gate.GROUNDS: "grounds are given",
    Gate.DEFECTS: "at least one defect is named, all of them at once",
}
STATUS_WORDS = {
    Status.DRAFT: "being written by the exporter; the authority does not see it",
    Status.SUBMITTED: "filed and frozen; an officer checks that it is complete",
    Status.RETURNED: "back with the exporter, with every defect listed",
    Status.REVIEW: "accepted: the clock runs, officers examine it",
    Status.GRANTED: "a licence is issued",
    Status.REFUSED: "refused, with grounds",
    Status.NOT_REQUIRED: "closed, because the law asks for no licence",
    Status.WITHDRAWN: "taken back by the exporter, or a draft discarded",
    Status.SUPERSEDED: "replaced by another application",
}


def drawing() -> str:
    """The whole text of docs/workflow.md."""
    return "\n".join([*_head(), *_picture(), *_statuses(), *_moves(), *_gates(), *_licences()]) + "\n"


def _head() -> list[str]:
    return [
        "# The life of an application",
        "",
        "Made by `manage.py draw_workflow` from `licensing/rules/workflow.py`; a test keeps the two alike. Services "
        "make every move through `licensing.services.workflow.move`, and a trigger of the database refuses a change of "
        "status that no move makes.",
        "",
    ]


def _picture() -> list[str]:
    arrows = [
        f"    {s} --> {m.target}: {m.name}" for m in MOVES.values() for s in sorted(m.sources, key=list(Status).index)
    ]
    ends = [f"    {s} --> [*]" for s in Status if s in CLOSED and any(m.target == s for m in MOVES.values())]
    return ["```mermaid", "stateDiagram-v2", f"    [*] --> {Status.DRAFT}", *arrows, *ends, "```", ""]


def _statuses() -> list[str]:
    def kind(status: Status) -> str:
        if status in CLOSED:
            return "closed"
        return " ".join((["open"] if status in OPEN else []) + (["editable"] if status in EDITABLE else []))

    rows = [f"| `{s}` | {STATUS_WORDS[s]} | {kind(s)} |" for s in Status]
    return [
        "## Statuses",
        "",
        "Stored on the application. What can be computed never is: overdue, waiting for whom, expired.",
        "",
        "| Status | Means | Kind |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _moves() -> list[str]:
    rows = []
    for move in MOVES.values():
        sources = ", ".join(f"`{s}`" for s in Status if s in move.sources)
        roles = ", ".join(sorted(move.roles))
        gates = ", ".join(f"`{g}`" for g in Gate if g in move.gates) or "–"
        rows.append(f"| `{move.name}` | {sources} | `{move.target}` | {roles} | {gates} | {move.law or '–'} |")
    return ["## Moves", "", "| Move | From | To | Roles | Gates | Law |", "|---|---|---|---|---|---|", *rows, ""]


def _gates() -> list[str]:
    return [
        "## Gates",
        "",
        "Asked afresh under the lock of the row, by the service that makes the move. A gate about which nothing is "
        "known stays shut.",
        "",
        *(f"- `{gate}`: {words}" for gate, words in GATE_WORDS.items()),
        "",
    ]


def _licences() -> list[str]:
    stored = ", ".join(f"`{status}`" for status in LicenceStatus)
    return [
        "## Licences",
        "",
        f"Stored: {stored}. Computed from the day and the balance: expired, not yet valid, used up.",
    ]


class Command(BaseCommand):
    help = "Print the life of an application (docs/workflow.md) from the table of moves."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(drawing(), ending="")
