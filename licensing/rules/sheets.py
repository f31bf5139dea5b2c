"""Tables of a regime pack as text: read strictly, every fault kept with its file, line and column.

Nothing is guessed: a cell that cannot be read as what its column holds is a fault, and the reader goes on to find the
next one, so that whoever keeps the pack mends it in one go.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, and where: ``line`` counts from 1 (0: the file as a whole), ``column`` is the column's name."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        place = ", ".join(
            [self.file, *([f"line {self.line}"] if self.line else []), *([self.column] if self.column else [])]
        )
        return f"{place}: {self.reason}"


def decode(file: str, content: bytes, faults: list[Fault]) -> str | None:
    """The text of a file, or None with a fault: UTF-8 without byte order mark and nothing else."""
    if content.startswith(b"\xef\xbb\xbf"):
        faults.append(Fault(file, 1, "", "starts with a byte order mark; save it as UTF-8 without one"))
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        start = content.rfind(b"\n", 0, error.start) + 1
        place = f"byte {error.start - start + 1} of the line"
        faults.append(Fault(file, line, "", f"is not UTF-8 ({place}); save it as UTF-8"))
        return None


class Record:
    """One row of a sheet; each reading method gives the value, or notes a fault and gives a harmless stand-in."""

    def __init__(self, file: str, line: int, cells: dict[str, str], faults: list[Fault]) -> None:
        self.file = file
        self.line = line
        self._cells = cells
        self._faults = faults
        self.sound = True

    def fault(self, column: str, reason: str) -> None:
        self.sound = False
        self._faults.append(Fault(self.file, self.line, column, reason))

    def text(self, column: str) -> str:
        return self._cells[column]

    def required(self, column: str) -> str:
        value = self._cells[column]
        if not value:
            self.fault(column, "is empty")
        return value

    def one_of(self, column: str, allowed: Collection[str], *, empty: bool = False, what: str = "") -> str:
        value = self._cells[column]
        if value in allowed or (empty and not value):
            return value
        if not value:
            self.fault(column, "is empty")
        else:
            self.fault(column, f"{value!r} is not known: {what or 'expected one of ' + ', '.join(sorted(allowed))}")
        return value

    def day(self, column: str) -> date | None:
        value = self._cells[column]
        if not value:
            return None
        try:
            if len(value) != 10:
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            self.fault(column, f"{value!r} is not a date; write it as 2026-01-31")
            return None

    def required_day(self, column: str) -> date:
        if not self._cells[column]:
            self.fault(column, "is empty; a date is needed")
        return self.day(column) or date.min

    def span(self, first: str, last: str, *, exclusive: bool = False) -> tuple[date | None, date | None]:
        """Two days in order; ``exclusive``: the second is the first day after."""
        start, end = self.day(first), self.day(last)
        if end is not None and not self._cells[first]:
            self.fault(last, f"has a date while {first} is empty")
        elif start is not None and end is not None and (end <= start if exclusive else end < start):
            self.fault(last, f"{end} is {'not after' if exclusive else 'before'} {first} {start}")
        return start, end

    def number(self, column: str) -> int | None:
        value = self._cells[column]
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and len(value) <= 9):
            self.fault(column, f"{value!r} is not a whole number")
            return None
        return int(value)

    def required_number(self, column: str) -> int:
        if not self._cells[column]:
            self.fault(column, "is empty; a whole number is needed")
        return self.number(column) or 0

    def several(self, column: str, check: Callable[[str], str | None] | None = None) -> tuple[str, ...]:
        """The values between semicolons; ``check`` names what is wrong with one, or answers None."""
        if not self._cells[column]:
            return ()
        values = tuple(value.strip() for value in self._cells[column].split(";"))
        for value in values:
            if not value:
                self.fault(column, "has an empty value between semicolons")
            elif check and (reason := check(value)):
                self.fault(column, reason)
        if len(set(values)) < len(values):
            self.fault(column, "names a value twice")
        return values


def read(file: str, text: str, columns: Collection[str], faults: list[Fault]) -> Iterator[Record]:
    """The rows of a comma-separated text under a header that has exactly ``columns``, in any order."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    begins = 1
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            break
        except csv.Error as error:
            faults.append(Fault(file, begins, "", f"cannot be read as comma-separated text: {error}"))
            return
        line, begins = begins, lines.line_num + 1
        if not any(cells):
            continue
        cells = [cell.strip() for cell in cells]
        if header is None:
            header = cells
            if not _sound_header(file, line, header, columns, faults):
                return
            continue
        if len(cells) != len(header):
            faults.append(Fault(file, line, "", f"has {len(cells)} cells where the header has {len(header)}"))
            continue
        if bad := next((name for name, cell in zip(header, cells, strict=True) if not _printable(cell)), None):
            faults.append(Fault(file, line, bad, "has a control character"))
            continue
        yield Record(file, line, dict(zip(header, cells, strict=True)), faults)
    if header is None:
        faults.append(Fault(file, 0, "", "is empty; a header row is needed"))


def _sound_header(file: str, line: int, header: list[str], columns: Collection[str], faults: list[Fault]) -> bool:
    before = len(faults)
    for column in columns:
        if column not in header:
            faults.append(Fault(file, line, column, "the column is missing"))
    for column in dict.fromkeys(header):
        if column not in columns:
            faults.append(Fault(file, line, column, "the column is not known"))
        elif header.count(column) > 1:
            faults.append(Fault(file, line, column, "the column appears twice"))
    return len(faults) == before


def _printable(cell: str) -> bool:
    return all(character >= " " or character in "\n\r\t" for character in cell)
