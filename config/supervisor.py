"""Runs a few programs as one: they start together, write one log, and stop together, whatever happens to whom."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn, Self

from config.embedded import Refused
from config.keeper import open_log, tied

STOP_LIMIT = 8.0
ORDERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked the whole to stop. Not an `Exception`, so that no step on the way takes it for a failure."""


@dataclass(frozen=True)
class Program:
    """A program to run: `order` is the signal that asks it to finish, `death` the one it gets if we are killed."""

    name: str
    command: list[str]
    order: signal.Signals = signal.SIGTERM
    death: signal.Signals = signal.SIGTERM


class Supervisor:
    """Programs with one log, used as a context: leaving it stops all of them, the last started first.

    While it lasts, Ctrl-C, SIGTERM and a closed terminal raise `Stopped` in the main thread, once.
    """

    def __init__(self, log: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.log = open_log(log)
        self.running: list[tuple[Program, subprocess.Popen[bytes]]] = []
        self.writing = threading.Lock()
        self.held_back: list[str] | None = None
        self.pumps: list[threading.Thread] = []

    def __enter__(self) -> Self:
        for number in ORDERS:
            # Also needed for Ctrl-C: a program that a script starts with `&` is born with SIGINT ignored.
            signal.signal(number, self._asked)
        return self

    def __exit__(self, *reason: object) -> None:
        for number in ORDERS:
            signal.signal(number, signal.SIG_IGN)
        self.stop()
        self.log.close()

    def start(self, program: Program) -> None:
        """Start a program; its lines go to the terminal and the log with its name in front."""
        process = subprocess.Popen(
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=self.environment,
            # A session of its own: Ctrl-C in the terminal reaches only us, and we stop the programs in order.
            start_new_session=True,
            preexec_fn=tied(program.death),
        )
        assert process.stdout
        self.running.append((program, process))
        pump = threading.Thread(target=self._pump, args=(program.name, process.stdout), daemon=True)
        pump.start()
        self.pumps.append(pump)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Wait for `until`; `Refused` when a program ends before that."""
        while not until():
            for program, process in self.running:
                if process.poll() is not None:
                    raise Refused(f"{program.name} ended (exit {process.returncode}); its last words are above.")
            time.sleep(0.2)

    def stop(self) -> None:
        """Ask each program to finish, the last started first, and end whatever does not."""
        for program, process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(program.order)
        deadline = time.monotonic() + STOP_LIMIT
        for _, process in reversed(self.running):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            finally:
                end_group(process)
        for pump in self.pumps:
            pump.join(1)
        self.running.clear()

    def say(self, name: str, line: str) -> None:
        """One line on the terminal and in the log."""
        text = f"{name:>6} | {line}\n"
        with self.writing:
            # A full disk or a closed terminal must not block the program that writes.
            with contextlib.suppress(OSError):
                self.log.write(text.encode())
                self.log.flush()
            if self.held_back is None:
                self._show(text)
            else:
                self.held_back.append(text)

    @contextlib.contextmanager
    def hushed(self) -> Iterator[None]:
        """Keep the programs' lines off the terminal until the end, so that they do not cut a line of ours in two."""
        self.held_back = []
        try:
            yield
        finally:
            with self.writing:
                self._show("".join(self.held_back))
                self.held_back = None

    def _show(self, text: str) -> None:
        with contextlib.suppress(OSError):
            sys.stdout.write(text)
            sys.stdout.flush()

    def _pump(self, name: str, lines: IO[bytes]) -> None:
        with lines:
            for line in lines:
                self.say(name, line.decode(errors="replace").rstrip())

    def _asked(self, number: int, frame: FrameType | None) -> NoReturn:
        for once in ORDERS:
            signal.signal(once, signal.SIG_IGN)
        raise Stopped


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a program and of the processes that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
