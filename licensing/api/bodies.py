"""Reading a JSON body that anybody may send: whatever is wrong with it is the sender's error, never ours."""

import codecs
import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MOST_BYTES = 64 * 1024
DEEPEST = 16
LONGEST_NUMBER = 40


class StrictJSONParser(BaseParser):
    """JSON of bounded size and depth, in UTF-8; no NUL, half character, NaN or endless number. Raises `ParseError`."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise ParseError(f"The body is longer than {MOST_BYTES} bytes.")
        try:
            text = raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
        except UnicodeDecodeError:
            raise ParseError("The body is not UTF-8.") from None
        try:
            tree = json.loads(text, parse_int=_whole, parse_float=_number, parse_constant=_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The body is not JSON: {str(error)[:200]}") from None
        _check(tree)
        return tree


def _whole(text: str) -> int:
    return int(_short(text))


def _number(text: str) -> str:
    """A figure as its digits: fields make a `Decimal` of it without rounding."""
    return _short(text)


def _short(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number has more than {LONGEST_NUMBER} characters")
    return text


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _check(tree: Any) -> None:
    """Refuse depth and characters that a text cannot hold, without recursion."""
    waiting = [(tree, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise ParseError(f"The body is nested deeper than {DEEPEST}.")
        if isinstance(value, dict):
            waiting += [(part, depth + 1) for pair in value.items() for part in pair]
        elif isinstance(value, list):
            waiting += [(part, depth + 1) for part in value]
        elif isinstance(value, str) and ("\0" in value or any("\ud800" <= c <= "\udfff" for c in value)):
            raise ParseError("A text holds NUL or half a character.")
