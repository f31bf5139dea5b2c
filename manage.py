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
    "help",
    "makemessages",
    "makemigrations",
    "startapp",
    "up",
    "verify_licence",
    "version",
}


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
            execute_from_command_line(words)
    except embedded.Refused as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main(sys.argv)
