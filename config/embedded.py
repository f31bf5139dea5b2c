"""The servers of the zero-install start: a PostgreSQL and a Valkey of our own, under the data folder.

Both listen on unix sockets only, in a folder that no other user can enter; nothing is reachable over the network.

Whoever needs the servers calls `hold`. The first holder starts the keeper (`config.keeper`), a process of its own that
is the parent of both servers; every holder keeps a shared file lock, and the keeper stops the servers once it can take
that lock for itself. The kernel drops the lock of a process that dies, however it dies, so nothing is left running.

The settings ask this module for addresses, so it imports nothing of the project and nothing of Django.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parent.parent
DATABASE = "sluice"
# sun_path of Linux holds 107 bytes, that of macOS 103; ".s.PGSQL.5432" is the longest name put in the folder.
LONGEST_FOLDER = 103 - len("/.s.PGSQL.5432")


class Refused(Exception):
    """The system cannot start; the text is one sentence for the person at the terminal."""


def socket_folder(data: Path) -> Path:
    """The folder of the sockets: `<data>/run`, or one under the system's temporary folder when that is out of reach."""
    folder = data.resolve() / "run"
    if len(str(folder).encode()) <= LONGEST_FOLDER and not closed(data):
        return folder
    key = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"sluice-{key}"


def database_url(data: Path) -> str:
    """The address of the embedded PostgreSQL that serves this data folder, whether or not it runs."""
    return f"postgres://{DATABASE}@/{DATABASE}?host={socket_folder(data)}"


def redis_url(data: Path) -> str:
    """The address of the embedded Valkey that serves this data folder, whether or not it runs."""
    return f"unix://{socket_folder(data)}/valkey.sock?db=0"


def broker_url(redis: str) -> str:
    """The same server in Celery's spelling: a unix socket is `redis+socket`, its database a virtual host."""
    return redis.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


def secret(data: Path, name: str) -> str:
    """The secret of this name, made on first use and kept under the data folder for the owner's eyes alone."""
    path = data / "secrets" / name
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Written aside and linked into place, so that two processes starting at once end with the same secret.
            draft = path.with_name(f".{name}.{os.getpid()}")
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text()
    except OSError as error:
        raise Refused(disk_trouble(error, data)) from error


def wanted() -> list[str]:
    """The servers that the environment does not name: these are ours to run."""
    named = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    return [server for server, variable in named.items() if not os.environ.get(variable)]


def hold(data: Path, servers: list[str], *, throwaway: bool = False) -> IO[str]:
    """Start the servers of this data folder, or join those that run; they stay up until the answer is closed.

    A throwaway folder belongs to tests: its servers do not wait for the disk, and it is deleted when the last
    holder is gone. Raises `Refused` with the reason when the servers cannot start.
    """
    try:
        (data / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
        holder = open(data / "run" / "holders.lock", "w")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise Refused(disk_trouble(error, data)) from error
    try:
        fcntl.flock(holder, fcntl.LOCK_SH)
        with open(data / "run" / "start.lock", "w") as start:
            fcntl.flock(start, fcntl.LOCK_EX)
            if not kept(data):
                _start_keeper(data, servers, throwaway)
    except BaseException:
        holder.close()
        raise
    return holder


def kept(data: Path) -> bool:
    """Whether a keeper has the servers of this data folder up."""
    with open(data / "run" / "keeper.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def closed(path: Path) -> bool:
    """Whether we are root and a folder above this path keeps other users out, so that PostgreSQL could not enter.

    PostgreSQL refuses to run as root; started by root it runs as the user `nobody`.
    """
    folders = [folder for folder in path.resolve().parents if folder.exists()]
    return os.getuid() == 0 and not all(folder.stat().st_mode & 0o001 for folder in folders)


def disk_trouble(error: OSError, data: Path) -> str:
    """What is wrong with the disk, in one sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {data} is full: free some space, or name another folder in SLUICE_DATA."
    return f"The data folder {data} cannot be used: {error.strerror} ({error.filename})."


def _start_keeper(data: Path, servers: list[str], throwaway: bool) -> None:
    command = [sys.executable, "-m", "config.keeper", str(data.resolve()), "throwaway" if throwaway else "lasting"]
    keeper = subprocess.Popen(
        [*command, *servers],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        # Ctrl-C goes to everybody in the terminal's session: the servers must outlast those who use them.
        start_new_session=True,
    )
    assert keeper.stdout
    with keeper.stdout:
        answer = keeper.stdout.readline().strip()
    if answer != "ready":
        keeper.wait()
        raise Refused(answer or "The keeper of the servers stopped without a word.")
    # It outlives us when others hold the servers too, so it is not ours to wait for.
    keeper.returncode = 0
