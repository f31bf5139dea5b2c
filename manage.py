#!/usr/bin/env python
"""The command line of Sluice. Commands start the embedded servers that they need, or join those that run."""

import contextlib
import os
import sys
import warnings

# They read and write files only; `up` brings the servers up itself, as a step that can be seen.
WITHOUT_SERVERS = {
    "check",
    "collectstatic",
    "compilemessages",
    "determine",
    "diffsettings",
    "draw_workflow",
    "help",
    "makemessages",
    "makemigrations",
    "startapp",
    "up",
    "verify_licence",
    "version",
}


# They see to the tables themselves, or must not touch them.
ABOUT_TABLES = {"migrate", "showmigrations", "sqlmigrate", "dbshell", "flush"}


def make_tables() -> None:
    """Bring the tables of the embedded database up to date, so that any command works on a fresh data folder."""
    import django
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)


def main(words: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from config import embedded

    command = words[1] if len(words) > 1 else "help"
    asks_help = {"--help", "-h", "--version"}.intersection(words)
    # `makemigrations` looks for a history to compare the files with, and does its work without one.
    warnings.filterwarnings("ignore", "Got an error checking a consistent migration history", RuntimeWarning)
    try:
        with contextlib.ExitStack() as held:
            if command in WITHOUT_SERVERS or asks_help:
                # A pool would wait half a minute for a database that is not meant to be there.
                settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
            elif embedded.wanted():
                held.enter_context(embedded.hold(settings.SLUICE_DATA, embedded.wanted()))
                if "postgres" in embedded.wanted() and command not in ABOUT_TABLES:
                    make_tables()
            execute_from_command_line(words)
    except embedded.Refused as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main(sys.argv)
