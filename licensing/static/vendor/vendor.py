"""Copy the two files that Sluice serves from a published GOV.UK Frontend package.

    npm pack govuk-frontend@6.6.0
    python licensing/static/vendor/vendor.py govuk-frontend-6.6.0.tgz

What may not be used outside gov.uk stays behind: the GDS Transport font and the royal crest. Source-map
comments go too, because manifest storage looks for the files that they name.
"""

import hashlib
import re
import sys
import tarfile
from pathlib import Path

VERSION = "6.6.0"
SHA256 = "52c4eb554e54d8a6e4ba801e9da5ec3a5b930fd2f117a39677f0b6296e954751"
TARGET = Path(__file__).parent / "govuk-frontend"
SOURCE = "package/dist/govuk/"

FONT_STACK = "var(--sluice-font)"
FONT_NOTICE_AND_FACES = re.compile(r"/\*![^*]*Margaret Calvert.*?\*/|@font-face\{[^}]*\}", re.DOTALL)
CREST = re.compile(r"(?:-webkit-)?(?:background|mask)-image:url\(/assets/images/govuk-crest\.svg\);?")
SOURCE_MAP = re.compile(r"\s*(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*$")


def own(css: str) -> str:
    """The stylesheet without font files, crest and GDS font name."""
    css = CREST.sub("", FONT_NOTICE_AND_FACES.sub("", css))
    return css.replace("GDS Transport,arial,sans-serif", FONT_STACK)


def main(archive: Path) -> int:
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != SHA256:
        print(f"{archive} is not govuk-frontend {VERSION}: sha256 is {found}, expected {SHA256}.", file=sys.stderr)
        return 1
    TARGET.mkdir(exist_ok=True)
    with tarfile.open(archive) as package:
        for name, change in (("govuk-frontend.min.css", own), ("govuk-frontend.min.js", str)):
            member = package.extractfile(SOURCE + name)
            assert member is not None
            text = SOURCE_MAP.sub("\n", change(member.read().decode()))
            for left_over in ("url(", "GDS Transport", "sourceMappingURL"):
                if left_over in text:
                    print(f"{name} still holds {left_over!r}; adapt this script to the new version.", file=sys.stderr)
                    return 1
            (TARGET / name).write_text(text)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("usage: vendor.py ARCHIVE.tgz", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(Path(sys.argv[1])))
