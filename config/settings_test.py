"""Settings of the tests: those of the system, on servers of their own that are thrown away at the end.

The first process of a test run starts the servers and names them in the environment; its workers inherit that.
Tasks run at once, in the process that sends them: what a queue adds is tested in `tests/house/test_start.py`.
"""

import atexit
import os
import tempfile
from pathlib import Path

from config import embedded

if "SLUICE_TEST_DATA" not in os.environ:
    data = Path(tempfile.mkdtemp(prefix="sluice-test-"))
    # Held to the end of this process; the keeper stops them and deletes the folder even when we are killed.
    atexit.register(embedded.hold(data, ["postgres", "valkey"], throwaway=True).close)
    os.environ["SLUICE_TEST_DATA"] = os.environ["SLUICE_DATA"] = str(data)
    os.environ["DATABASE_URL"] = embedded.database_url(data)

# Each worker of a parallel run has a database of its own by pytest-django; this gives it its own of Valkey's sixteen.
worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16
os.environ["REDIS_URL"] = embedded.redis_url(Path(os.environ["SLUICE_DATA"])).replace("db=0", f"db={worker}")
# Playwright keeps an event loop in the thread of the test, and Django would refuse it the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from config.settings import *  # noqa: E402, F403

# A pool would hold on to connections of a database that is about to be emptied or dropped.
DATABASES["default"]["OPTIONS"].pop("pool", None)  # noqa: F405
# A test is one transaction, and may think for long on a busy machine.
DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=4000"  # noqa: F405
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
STATIC_ROOT = Path(os.environ["SLUICE_DATA"]) / "static"
STATIC_ROOT.mkdir(exist_ok=True)
