"""Starting and stopping: the servers come and go with those who need them, and nothing is ever left behind."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.core.management import CommandError, call_command
from pytest_django import Settings

from config import embedded, keeper
from licensing.management.commands import up

PROJECT = Path(__file__).resolve().parents[2]
SERVERS = ["postgres", "valkey"]
# The addresses of the test run's own servers must not reach the programs that are tested here.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in ("DATABASE_URL", "REDIS_URL", "SLUICE_DATA", "SLUICE_TEST_DATA", "DJANGO_SETTINGS_MODULE")
}
HOLD = """
import sys, time
from pathlib import Path
from config import embedded
with embedded.hold(Path(sys.argv[1]), sys.argv[2:]):
    print("held", flush=True)
    time.sleep(60)
"""
SUPERVISE = """
import os, sys
from pathlib import Path
from config.embedded import Refused
from config.supervisor import Program, Stopped, Supervisor
toys = {
    "lasting": "import os, time; print('pid', os.getpid(), flush=True); time.sleep(60)",
    "stubborn": "import os, signal, subprocess, time; signal.signal(15, signal.SIG_IGN); "
        "child = subprocess.Popen(['sleep', '60']); print('pid', os.getpid(), flush=True); "
        "print('pid', child.pid, flush=True); time.sleep(60)",
    "failing": "import sys, time; time.sleep(0.5); sys.exit('broken')",
}
try:
    with Supervisor(Path(sys.argv[1]) / "toys.log", Path.cwd(), os.environ) as supervisor:
        for name in sys.argv[2:]:
            supervisor.start(Program(name, [sys.executable, "-c", toys[name]]))
        supervisor.watch()
except Stopped:
    print("stopped in order", flush=True)
except Refused as refused:
    sys.exit(str(refused))
"""


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sluice-start-"))
    yield folder
    for pid in alive(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


def alive(folder: Path) -> list[int]:
    """The processes whose command line or files name the folder: the keeper, and the servers that it started."""
    pids = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace")
            cwd = os.readlink(process / "cwd")
        except OSError:
            continue
        if int(process.name) != os.getpid() and (str(folder) in words or cwd.startswith(str(folder))):
            pids.append(int(process.name))
    return pids


def is_alive(pid: int) -> bool:
    try:
        return " Z" not in Path(f"/proc/{pid}/status").read_text().split("State:")[1][:4].replace("\t", " ")
    except FileNotFoundError:
        return False


def run(*words: str, data: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    environment = ENVIRONMENT | more | ({"SLUICE_DATA": str(data)} if data else {})
    return subprocess.run([sys.executable, *words], cwd=PROJECT, env=environment, capture_output=True, text=True)


def start(script: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *words],
        cwd=PROJECT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def soon(what: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def read_pids(process: subprocess.Popen[str], count: int) -> list[int]:
    assert process.stdout
    pids: list[int] = []
    while len(pids) < count:
        if found := re.search(r"pid (\d+)", process.stdout.readline()):
            pids.append(int(found[1]))
    return pids


def test_servers_serve_their_holders_survive_a_kill_and_keep_their_data(data: Path) -> None:
    first = start(HOLD, str(data), *SERVERS)
    assert first.stdout
    assert first.stdout.readline() == "held\n"

    with psycopg.connect(embedded.database_url(data), autocommit=True) as database:
        database.execute("CREATE EXTENSION pg_trgm")
        # Whatever the caller's LANG: nothing of a Chinese name is lost to the word search.
        assert database.execute("SELECT cardinality(show_trgm('海康威视'))").fetchone() == (5,)
        database.execute("CREATE TABLE kept AS SELECT 1 AS one")
    queue = redis.Redis.from_url(embedded.redis_url(data))
    queue.rpush("celery", "message")
    queue.close()
    for path in (embedded.socket_folder(data), data / "postgres"):
        assert path.stat().st_mode & 0o077 == 0

    second = embedded.hold(data, SERVERS)
    first.kill()
    first.wait()
    first.stdout.close()
    time.sleep(0.7)
    with psycopg.connect(embedded.database_url(data)) as database:
        assert database.execute("SELECT one FROM kept").fetchone() == (1,)
    second.close()
    assert soon(lambda: not alive(data)), "servers are left behind"
    assert not embedded.kept(data)

    third = embedded.hold(data, SERVERS)
    owner = next(pid for pid in alive(data) if "config.keeper" in Path(f"/proc/{pid}/cmdline").read_text())
    queue = redis.Redis.from_url(embedded.redis_url(data))
    assert queue.lrange("celery", 0, -1) == [b"message"]
    queue.close()
    os.kill(owner, signal.SIGKILL)
    assert soon(lambda: not alive(data)), "servers outlive their keeper"
    assert "database system is shut down" in (data / "log" / "postgres.log").read_text().splitlines()[-1]
    third.close()


def test_a_half_made_database_folder_is_refused_and_left_alone(data: Path) -> None:
    (data / "postgres").mkdir()
    (data / "postgres" / "something").write_text("of mine")
    with pytest.raises(embedded.Refused, match="is not a whole PostgreSQL folder: move it away"):
        embedded.hold(data, SERVERS)
    assert [path.name for path in (data / "postgres").iterdir()] == ["something"]
    assert soon(lambda: not alive(data))


def test_a_database_of_another_version_is_refused(data: Path) -> None:
    (data / "postgres" / "global").mkdir(parents=True)
    (data / "postgres" / "global" / "pg_control").touch()
    (data / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(embedded.Refused, match="was made by PostgreSQL 15 and this is 18"):
        embedded.hold(data, SERVERS)


def test_an_interrupted_making_of_the_database_does_not_stand_in_the_way(data: Path) -> None:
    (data / "postgres.new").mkdir()
    (data / "postgres.new" / "PG_VERSION").write_text("18\n")
    with embedded.hold(data, ["postgres"]):
        assert (data / "postgres" / "global" / "pg_control").exists()


def test_a_disk_that_is_almost_full_is_refused_before_anything_is_written(data: Path) -> None:
    with pytest.raises(embedded.Refused, match=r"^Only \d+ MB are free on the disk .* free some space"):
        keeper.have_room(data, needed=2**60)


def test_a_full_disk_is_one_sentence(data: Path) -> None:
    with pytest.raises(OSError, match="No space left") as full:
        Path("/dev/full").write_text("x")
    assert embedded.disk_trouble(full.value, data) == (
        f"The disk that holds {data} is full: free some space, or name another folder in SLUICE_DATA."
    )


def test_a_data_folder_that_cannot_be_made_is_one_sentence_and_exit_1(data: Path) -> None:
    (data / "file").touch()
    done = run("manage.py", "showmigrations", data=data / "file")
    assert done.returncode == 1
    assert re.fullmatch(r"The data folder .*/file cannot be used: Not a directory \(.*\)\.\n", done.stderr)


def test_sockets_fit_into_their_addresses_however_long_the_data_folder_is(data: Path) -> None:
    deep = data / ("long" * 30)
    assert embedded.socket_folder(data) == data.resolve() / "run"
    assert len(str(embedded.socket_folder(deep) / ".s.PGSQL.5432")) <= 103
    assert embedded.socket_folder(deep) != embedded.socket_folder(data / ("long" * 31))


def test_a_folder_of_sockets_that_is_not_ours_is_refused(data: Path) -> None:
    deep = data / ("long" * 30)
    deep.mkdir()
    embedded.socket_folder(deep).symlink_to(data)
    try:
        with pytest.raises(embedded.Refused, match="belongs to somebody else"):
            keeper.make_folders(deep)
    finally:
        embedded.socket_folder(deep).unlink()


def test_secrets_are_made_once_for_the_owner_only(data: Path) -> None:
    made = embedded.secret(data, "secret_key")
    assert len(made) >= 64
    assert embedded.secret(data, "secret_key") == made != embedded.secret(data, "other")
    assert (data / "secrets" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in (data / "secrets").iterdir()) == ["other", "secret_key"]


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
def test_programs_stop_with_their_supervisor(data: Path, order: signal.Signals) -> None:
    # As from a script that starts us with `&`: there SIGINT is born ignored.
    whole = start("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + SUPERVISE, str(data), "lasting")
    pids = read_pids(whole, 1)
    whole.send_signal(order)
    said, _ = whole.communicate(timeout=20)
    assert whole.returncode == 0
    assert said == "stopped in order\n"
    assert not any(map(is_alive, pids))
    assert f"lasting | pid {pids[0]}\n" in (data / "toys.log").read_text()


def test_programs_die_with_a_killed_supervisor(data: Path) -> None:
    whole = start(SUPERVISE, str(data), "lasting", "lasting")
    pids = read_pids(whole, 2)
    whole.kill()
    whole.communicate()
    assert soon(lambda: not any(map(is_alive, pids)), 3)


def test_one_program_that_ends_stops_the_others_whatever_they_do_with_signals(data: Path) -> None:
    whole = start(
        SUPERVISE.replace("import os, sys\n", "import os, sys\nimport config.supervisor as s\ns.STOP_LIMIT = 1\n"),
        str(data),
        "stubborn",
        "failing",
    )
    pids = read_pids(whole, 2)
    said, _ = whole.communicate(timeout=20)
    assert whole.returncode == 1
    assert said.splitlines()[-1] == "failing ended (exit 1); its last words are above."
    assert "failing | broken" in said
    assert not any(map(is_alive, pids))


def test_up_refuses_a_port_in_use(data: Path, settings: Settings) -> None:
    settings.SLUICE_DATA, settings.PUBLIC_URL = data, ""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            CommandError, match=rf"^Port {port} cannot be used \(Address already in use\): choose another"
        ):
            call_command("up", port=port)
    assert not alive(data)


def test_up_refuses_to_run_twice_on_the_same_data(data: Path, settings: Settings) -> None:
    settings.SLUICE_DATA, settings.PUBLIC_URL = data, ""
    with up.only_one(data, "http://127.0.0.1:8000/"), pytest.raises(CommandError) as refused:
        call_command("up")
    assert str(refused.value) == (
        f"Sluice already runs on {data}: process {os.getpid()} at http://127.0.0.1:8000/. Stop that one first."
    )


def test_commands_that_need_no_server_start_none(data: Path) -> None:
    done = run("-W", "error", "manage.py", "makemigrations", "--dry-run", "--skip-checks", data=data)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (data / "run").exists()
