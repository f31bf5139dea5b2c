"""The Chinese catalogues: what a person may read, what is not translated yet, and the compiled files.

After adding a string: ``python -m tests.house.catalogues --update``, fill in what it lists, run it again, commit all.
"""

import argparse
import csv
import io
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as extract_strings
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parents[2]
APPS = {
    "licensing": ("config", "licensing", "templates"),
    "enforcement": ("enforcement", "templates/enforcement"),
}
"""What each app's catalogue covers. A folder belongs to the app that names it most closely."""
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PACK = PROJECT / "licensing" / "regimes" / "cn"
PACK_TEXTS = {
    "announcements.csv": ("issuer", "summary"),
    "control_list_items.csv": ("threshold", "note"),
    "destination_measures.csv": ("condition",),
}
"""Columns of the regime pack that pages show in the reader's language (`licensing.forms.words.law_text`)."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}|</?[a-z]+")
HEADER = r"""# Simplified Chinese of Sluice, under the licence of Sluice.
msgid ""
msgstr ""
"Project-Id-Version: Sluice\n"
"Language: zh_Hans\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""

type Key = tuple[str, str | None]
"""What gettext looks up: the message (its singular) and its context."""


def path_of(app: str) -> Path:
    """The catalogue of an app; the compiled one lies beside it as ``.mo``."""
    return PROJECT / app / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


@cache
def extract(app: str) -> Catalog:
    """Every string that the app's code and templates mark, with the files it stands in; the texts of the law, too.

    What both apps say stands in licensing's catalogue alone.
    """
    found = Catalog(locale="zh_Hans", fuzzy=False)
    for file in _files(app):
        name = file.relative_to(PROJECT).as_posix()
        for _line, message, comments, context in extract_strings("python", _source(file), KEYWORDS, ("Translators:",)):
            singular = message if isinstance(message, str) else message[0]
            if app != "licensing" and extract("licensing").get(singular, context):
                continue
            found.add(message, locations=[(name, 1)], auto_comments=comments, context=context)
    if app == "licensing":
        for text, name in _pack_texts():
            found.add(text, locations=[(name, 1)])
    return found


def catalogue(app: str) -> Catalog:
    """The catalogue as it is on file, obsolete entries included; empty when there is none."""
    if not path_of(app).exists():
        return Catalog(locale="zh_Hans", fuzzy=False)
    with path_of(app).open("rb") as file:
        return read_po(file, locale="zh_Hans")


def missing(app: str) -> list[str]:
    """What keeps the catalogue of an app from being complete, one sentence each."""
    there, marked = catalogue(app), extract(app)
    faults = [f"obsolete: {_singular(message)!r}" for message in there.obsolete.values()]
    faults += [
        f"in no file any more: {_singular(m)!r}" for m in there if m.id and not marked.get(_singular(m), m.context)
    ]
    for message in marked:
        if message.id:
            faults += _faults(message, there.get(_singular(message), message.context))
    return faults


def stale(app: str) -> list[str]:
    """The messages that the compiled catalogue holds otherwise than the ``.po``, or holds alone."""
    file = path_of(app).with_suffix(".mo")
    there = _strings(read_mo(io.BytesIO(file.read_bytes()))) if file.exists() else {}
    due = _strings(read_mo(io.BytesIO(compiled(app))))
    return sorted(key[0] for key in there.keys() | due.keys() if there.get(key) != due.get(key))


def compiled(app: str) -> bytes:
    """The catalogue as gettext reads it. Its head differs with the version of Babel and the time."""
    out = io.BytesIO()
    write_mo(out, catalogue(app))
    return out.getvalue()


def compile_all() -> None:
    """Write the ``.mo`` of each catalogue that changed, so that no gettext tool is needed where Sluice runs."""
    for app in APPS:
        if stale(app):
            path_of(app).with_suffix(".mo").write_bytes(compiled(app))


def update() -> None:
    """Add what is marked and not in a catalogue, drop what is marked no more; keep what is translated anywhere."""
    known = {key: texts for app in APPS for key, texts in _strings(catalogue(app)).items()}
    for app in APPS:
        marked = extract(app)
        for message in marked:
            texts = known.get((_singular(message), message.context)) if message.id else None
            if texts:
                message.string = texts[0] if isinstance(message.id, str) else texts
        write(app, marked)


def write(app: str, content: Catalog) -> None:
    """Put a catalogue on file, in the order of its messages, without what changes at every writing."""
    out = io.BytesIO(HEADER.encode())
    out.seek(0, io.SEEK_END)
    write_po(out, content, width=120, omit_header=True, sort_output=True, include_lineno=False)
    path_of(app).parent.mkdir(parents=True, exist_ok=True)
    path_of(app).write_bytes(out.getvalue().rstrip() + b"\n")


def _pack_texts() -> Iterator[tuple[str, str]]:
    for file, columns in PACK_TEXTS.items():
        with (PACK / file).open(newline="", encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                yield from ((row[column], f"licensing/regimes/cn/{file}") for column in columns if row[column])


def _files(app: str) -> Iterator[Path]:
    for folder in APPS[app]:
        for file in sorted((PROJECT / folder).rglob("*")):
            if _owner(file) == app and (file.suffix == ".py" or _is_template(file)):
                yield file


def _owner(file: Path) -> str:
    path = file.relative_to(PROJECT).as_posix()
    inside = [
        (len(folder), app) for app, folders in APPS.items() for folder in folders if path.startswith(f"{folder}/")
    ]
    return max(inside)[1]


def _is_template(file: Path) -> bool:
    return file.is_relative_to(PROJECT / "templates") and file.suffix in {".html", ".txt"}


def _source(file: Path) -> io.BytesIO:
    text = file.read_text()
    if _is_template(file):
        # What is left of a template is no Python: without its indentation it can at least be read word by word.
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    return io.BytesIO(text.encode())


def _strings(there: Catalog) -> dict[Key, tuple[str, ...]]:
    """What is translated, by what gettext looks up."""
    return {(_singular(m), m.context): _texts(m) for m in there if m.id and _texts(m)}


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _texts(message: Message) -> tuple[str, ...]:
    """The translation, one text for each plural form; empty when any of them is."""
    texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return texts if all(texts) else ()


def _faults(marked: Message, there: Message | None) -> Iterator[str]:
    name = repr(_singular(marked))
    if there is None or not _texts(there):
        yield f"not translated: {name}"
        return
    if there.fuzzy:
        yield f"fuzzy: {name}"
    original = marked.id if isinstance(marked.id, str) else marked.id[-1]
    for text in _texts(there):
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(original)):
            yield f"other placeholders or tags: {name}"
        if text.endswith("\n") != original.endswith("\n"):
            yield f"a line break at one end only: {name}"


def main() -> int:
    """List what is missing; with ``--update`` bring the catalogues up to date first and compile them."""
    parser = argparse.ArgumentParser(prog="python -m tests.house.catalogues", description=main.__doc__)
    parser.add_argument("--update", action="store_true", help="add new strings, drop old ones, compile")
    if parser.parse_args().update:
        update()
        compile_all()
    faults = [f"{app}: {fault}" for app in APPS for fault in missing(app)]
    print("\n".join([*faults, f"{len(faults)} to mend"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
