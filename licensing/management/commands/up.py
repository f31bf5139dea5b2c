"""`manage.py up`: the whole system on this machine, for a first look and for daily work on it."""

import contextlib
import fcntl
import hashlib
import http.client
import io
import os
import shlex
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connections

from config import embedded
from config.supervisor import Program, Stopped, Supervisor

HOST = "127.0.0.1"
REGIME = Path("licensing", "regimes", "cn")
WEB_LIMIT = 120


class Command(BaseCommand):
    help = (
        "Start everything: database, queue, migrations, the control list of the regime, web pages, worker, beat "
        "and demonstration data. Ctrl-C stops all of it; the next start goes on with the same data."
    )
    # The database is not there yet; `migrate` runs the checks.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port of the web pages on 127.0.0.1 (8000)")
        parser.add_argument("--no-demo", action="store_true", help="leave out the invented organisations and cases")

    def handle(self, *args: object, port: int, no_demo: bool, **options: object) -> None:
        data: Path = settings.SLUICE_DATA
        address = f"http://{HOST}:{port}/"
        # What licences and mails print must lead back to this port.
        settings.PUBLIC_URL = os.environ.get("PUBLIC_URL", address.rstrip("/"))
        environment = os.environ | {
            "PUBLIC_URL": settings.PUBLIC_URL,
            "DEMO": "false" if no_demo else "true",
            "PYTHONUNBUFFERED": "1",
        }
        try:
            (data / "log").mkdir(parents=True, exist_ok=True)
            with contextlib.ExitStack() as stack:
                stack.enter_context(only_one(data, address))
                check_port(port)
                # Left in the reverse order: the programs stop first, the servers last.
                servers = stack.enter_context(contextlib.ExitStack())
                supervisor = Supervisor(data / "log" / "sluice.log", settings.BASE_DIR, environment)
                stack.enter_context(supervisor)
                with self.step("Database and queue"):
                    if embedded.wanted():
                        servers.enter_context(embedded.hold(data, embedded.wanted()))
                self.prepare()
                web, *others = programs(port)
                self.start_web(supervisor, web, port)
                self.stdout.write(f"\nSluice is at {address}   (Ctrl-C stops it; its log is {data}/log/sluice.log)\n")
                # The first page should not wait for these; and the worker should not mail about invented weeks.
                if not no_demo:
                    self.call("load_demo")
                connections.close_all()
                for program in others:
                    supervisor.start(program)
                supervisor.watch(until=lambda: bool(embedded.wanted()) and not embedded.kept(data))
                raise embedded.Refused(f"The database or the queue stopped; the reason is in {data}/log.")
        except Stopped:
            self.stdout.write("Stopped; the data is kept.")
        except embedded.Refused as refused:
            raise CommandError(str(refused)) from refused
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {str(error).splitlines()[0]}.") from error
        except OSError as error:
            raise CommandError(embedded.disk_trouble(error, data)) from error

    def prepare(self) -> None:
        """What the pages need before they can be shown: tables, style sheets, the law."""
        with self.step("Tables"):
            self.call("migrate", interactive=False, verbosity=0)
        with self.step("Style sheets and scripts"):
            collect_static()
        with self.step("Control list"):
            self.call("load_regime", str(settings.BASE_DIR / REGIME), stdout=io.StringIO())

    def start_web(self, supervisor: Supervisor, web: Program, port: int) -> None:
        """Start the web pages and wait until they answer."""
        deadline = time.monotonic() + WEB_LIMIT
        with supervisor.hushed(), self.step("Web pages"):
            supervisor.start(web)
            supervisor.watch(until=lambda: answers(port) or time.monotonic() > deadline)
        if time.monotonic() > deadline:
            raise embedded.Refused(f"The web pages do not answer after {WEB_LIMIT} s; what they said is above.")

    def call(self, name: str, *words: str, **options: Any) -> None:
        """Run a command as a step of this one; when it fails, say which step it was."""
        try:
            call_command(name, *words, **options)
        except SystemExit as ended:
            if ended.code:
                raise CommandError(
                    f"`manage.py {shlex.join([name, *words])}` failed; its reasons are above."
                ) from ended

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show a step while it runs, and then how long it took."""
        started = time.monotonic()
        self.stdout.write(f"{name:.<32} ", ending="")
        self.stdout.flush()
        try:
            yield
        except BaseException:
            self.stdout.write("")
            raise
        self.stdout.write(f"{time.monotonic() - started:5.1f} s")


@contextlib.contextmanager
def only_one(data: Path, address: str) -> Iterator[None]:
    """Raise `Refused` when another `up` works on this data folder; keep others out meanwhile."""
    with open(data / "up.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            lock.seek(0)
            raise embedded.Refused(f"Sluice already runs on {data}: {lock.read()}. Stop that one first.") from taken
        lock.truncate(0)
        lock.write(f"process {os.getpid()} at {address}")
        lock.flush()
        yield


def check_port(port: int) -> None:
    """Raise `Refused` when the port cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "there is no such port"
            raise embedded.Refused(
                f"Port {port} cannot be used ({reason}): choose another with --port, for example --port 8001."
            ) from error


def programs(port: int) -> list[Program]:
    """The programs of the running system, in the order of their start."""
    gunicorn = f"gunicorn config.wsgi --bind {HOST}:{port} --worker-class gthread --workers 2 --threads 4 --preload"
    gunicorn += " --graceful-timeout 3 --no-control-socket --log-level warning"
    celery = "celery --app config --quiet"
    worker = f"{celery} worker --loglevel INFO --concurrency 2 --without-gossip --without-mingle --without-heartbeat"
    # To root it says at length that it should not run as root, which the one who did it knows.
    python = [sys.executable, "-W", "ignore:You're running the worker with superuser", "-m"]
    return [
        Program("web", python + gunicorn.split()),
        # Nobody waits for its tasks once we are dead: they are rows and will be found again.
        Program("worker", python + worker.split(), death=signal.SIGQUIT),
        Program("beat", python + f"{celery} beat --loglevel WARNING --pidfile=".split()),
    ]


def answers(port: int) -> bool:
    """Whether the web server answers a request."""
    line = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def collect_static() -> None:
    """Gather the static files, unless they are those of the last time."""
    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = os.stat(storage.path(path))
            found.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if not stamp.exists() or stamp.read_text() != found.hexdigest():
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(found.hexdigest())
