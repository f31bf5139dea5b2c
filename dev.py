#!/usr/bin/env python3
"""Everything a developer needs, from a fresh clone: python3 dev.py env|run|test|lint|bench

Runs on any Python from 3.8 with pip and uses only the standard library. It makes `.venv` as `uv.lock` says, with a
Python 3.12, 3.13 or 3.14 that it finds on this machine or else fetches, and works in there.

  env           make or refresh .venv, nothing else
  run  [...]    start Sluice: manage.py up [--port P] [--no-demo]
  test [...]    everything a change must pass; words after it go to pytest, and then only pytest runs
  lint          put the code into shape and check it
  bench         measure, as JSON lines
"""

import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".made-from"
WORKS = "import sys, ssl, venv; sys.exit(not (3, 12) <= sys.version_info < (3, 15))"
# What a server would set; `check --deploy` judges the settings as they are there.
DEPLOYED = {
    "HTTPS": "true",
    "DEMO": "false",
    "SECRET_KEY": hashlib.sha512(os.urandom(64)).hexdigest(),
    "ALLOWED_HOSTS": "sluice.example",
    "PUBLIC_URL": "https://sluice.example",
    "CSRF_TRUSTED_ORIGINS": "https://sluice.example",
    "DATABASE_URL": "postgres://sluice:secret@db/sluice",
    "REDIS_URL": "redis://queue:6379/0",
    "SMTP_HOST": "smtp.sluice.example",
}


def main():
    order, words = (sys.argv[1] if len(sys.argv) > 1 else "help"), sys.argv[2:]
    orders = {"env": lambda words: None, "run": run, "test": test, "lint": lint, "bench": bench}
    if order not in orders:
        print(__doc__)
        sys.exit(0 if order in ("help", "-h", "--help") else 2)
    os.chdir(str(PROJECT))
    make_environment()
    orders[order](words)


def run(words):
    if sys.platform == "linux":
        # Stop when make is killed, not only when it passes Ctrl-C on: 1 is PR_SET_PDEATHSIG.
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    os.execv(str(PYTHON), [str(PYTHON), "manage.py", "up", *words])


def bench(words):
    os.execv(str(PYTHON), [str(PYTHON), "-m", "tests.bench", *words])


def lint(words):
    tool("ruff", "format", ".")
    tool("ruff", "check", "--fix", ".")
    tool("mypy")
    tool("lint-imports")


def test(words):
    pytest = [str(PYTHON), "-m", "pytest"]
    if words:
        os.execv(str(PYTHON), pytest + words)
    manage = [str(PYTHON), "-W", "error", "manage.py"]
    step("Format", program("ruff", "format", "--check", "."))
    step("Lint", program("ruff", "check", "."))
    step("Types", program("mypy"))
    step("Import contracts", program("lint-imports"))
    step("Settings of a server", [*manage, "check", "--deploy", "--fail-level", "WARNING"], DEPLOYED)
    step("Missing migrations", [*manage, "makemigrations", "--check", "--dry-run"])
    step("Tests", [*pytest, "-n", "2"])


def step(headline, command, more=None):
    """Run one step of the test; stop everything with its headline when it fails."""
    print("\n=== %s" % headline, flush=True)
    started = time.time()
    status = subprocess.call(command, env=dict(os.environ, **(more or {})))
    if status:
        sys.exit("=== %s: FAILED (exit %d, %.0f s)" % (headline, status, time.time() - started))


def tool(*words):
    status = subprocess.call(program(*words))
    if status:
        sys.exit(status)


def program(name, *words):
    return [str(VENV / "bin" / name), *list(words)]


def make_environment():
    """Make `.venv` what `uv.lock` says, unless it is already."""
    lock = hashlib.sha256()
    for name in ("pyproject.toml", "uv.lock"):
        lock.update((PROJECT / name).read_bytes())
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == lock.hexdigest():
        return
    uv = find_uv()
    python = find_python()
    print("Python: %s" % (python or "none from 3.12 to 3.14 here, uv fetches 3.13"), flush=True)
    # uv's own list of certificates does not hold those of a company's proxy; the system's does.
    environment = dict({"UV_SYSTEM_CERTS": "1"}, **os.environ)
    environment.pop("VIRTUAL_ENV", None)
    status = subprocess.call([*uv, "sync", "--frozen", "--python", python or "3.13"], env=environment)
    if status and not python:
        sys.exit("Sluice needs Python 3.12, 3.13 or 3.14 and none could be fetched: install one and try again.")
    if status:
        sys.exit("The packages of uv.lock could not be installed; the reason is above.")
    STAMP.write_text(lock.hexdigest())


def find_uv():
    """The uv on the PATH if it runs, else one of our own under .cache."""
    own = [str(PROJECT / ".cache" / "uv" / "bin" / "uv")]
    for uv in (["uv"], own):
        if runs([*uv, "--version"]):
            return uv
    print("Fetching uv", flush=True)
    target = str(PROJECT / ".cache" / "uv")
    shutil.rmtree(target, ignore_errors=True)
    if subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", "--target", target, "uv"]):
        sys.exit("uv could not be fetched with `%s -m pip`: install pip or uv and try again." % sys.executable)
    return own


def find_python():
    """A Python from 3.12 to 3.14 that really runs: the launchers of version managers exist without working."""
    versions = ("3.13", "3.14", "3.12")
    pyenv = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))) / "versions"
    candidates = [os.environ.get("UV_PYTHON", ""), str(PYTHON), sys.executable]
    candidates += ["python" + version for version in versions]
    candidates += [str(path) for version in versions for path in sorted(pyenv.glob(version + ".*/bin/python"))]
    for candidate in candidates:
        path = shutil.which(candidate) if candidate else None
        if path and runs([path, "-c", WORKS]):
            # The program itself: uv would look behind a launcher's name again, in another folder.
            asked = subprocess.check_output([path, "-c", "import sys; print(sys._base_executable)"])
            return asked.decode().strip()
    return None


def runs(command):
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


if __name__ == "__main__":
    main()
