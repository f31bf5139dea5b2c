"""Regime packs on disk."""

from pathlib import Path

from licensing.rules import regime_pack
from licensing.rules.pack_rows import COLUMNS
from licensing.rules.regime_pack import CONDITIONS_FILE, BadPack, Pack
from licensing.rules.sheets import Fault

CN = Path(__file__).parent / "cn"
"""The pack of China's control of strategic minerals that is shipped with Sluice."""


def read(folder: Path) -> Pack:
    """Read the pack in a folder. One without a conditions.json takes the encodings of the shipped pack.

    Raises `BadPack` with every fault; a folder or file that cannot be read is a fault, too.
    """
    if not folder.is_dir():
        raise BadPack([Fault(str(folder), 0, "", "is not a folder")])
    files: dict[str, bytes] = {}
    unreadable = []
    for name in (*COLUMNS, CONDITIONS_FILE):
        try:
            files[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            unreadable.append(Fault(name, 0, "", f"cannot be read: {error.strerror}"))
    if unreadable:
        raise BadPack(unreadable)
    return regime_pack.parse(files, shipped_conditions=(CN / CONDITIONS_FILE).read_bytes())
