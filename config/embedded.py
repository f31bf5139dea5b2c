"""The servers of the zero-install start: a PostgreSQL and a Valkey of our own, under the data folder.

Both listen on unix sockets only, in a folder that no other user can enter; nothing is reachable over the network.
This module stays free of Django, because the settings ask it for their addresses.
"""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

# sun_path of Linux holds 107 bytes, that of macOS 103; ".s.PGSQL.5432" is the longest name put in the folder.
LONGEST_FOLDER = 103 - len("/.s.PGSQL.5432")
DATABASE = "sluice"


def socket_folder(data: Path) -> Path:
    """The folder of the sockets: `<data>/run`, or a short one under the system's temporary folder when that is too long."""
    folder = data.resolve() / "run"
    if len(str(folder).encode()) <= LONGEST_FOLDER:
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
    """The same server as Celery writes it: its transport calls a unix socket `redis+socket`, and a database a virtual host."""
    return redis.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


def secret(data: Path, name: str) -> str:
    """The secret of this name, made on first use and kept under the data folder for the owner's eyes alone."""
    path = data / "secrets" / name
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = secrets.token_urlsafe(64)
    # Written aside and linked into place, so that two processes starting at once end with the same secret.
    draft = path.with_name(f".{name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(made)
    try:
        os.link(draft, path)
    except FileExistsError:
        return path.read_text()
    finally:
        draft.unlink()
    return made
