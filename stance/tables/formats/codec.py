"""Which codec a stream of text is read with: as the user says, and as its byte order mark says."""

from __future__ import annotations

import codecs

from stance.errors import TableError
from stance.tables.formats.rewindable import RewindableStream

MARK = "\ufeff"  # byte order mark
MAX_MARK_BYTES = 4
MARKED = {  # codecs that need a byte order mark, with those that read what comes after it
    "utf-16": ("utf-16-le", "utf-16-be"),
    "utf-32": ("utf-32-le", "utf-32-be"),
}
UNICODE = ("utf-8", "utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")  # the mark of UTF-32 begins with that of UTF-16
COUNTS = {2: "two", 3: "three", 4: "four"}
SAME = {"utf-8-sig": "utf-8"}


def detect_codec(stream: RewindableStream, source: str, encoding: str) -> str:
    r"""Drop a byte order mark, and return the codec that reads what comes after it.

    TableError if the stream begins like one of another Unicode encoding.

    >>> import io
    >>> stream = RewindableStream(io.BytesIO(b"\xff\xfei\x00d\x00"))
    >>> detect_codec(stream, "a.csv", "utf-16-le"), bytes(stream.take(9))
    ('utf-16-le', b'i\x00d\x00')
    """
    name = codecs.lookup(encoding).name
    name = SAME.get(name, name)
    start = bytes(stream.take(MAX_MARK_BYTES))
    expected = MARKED.get(name, (name,))
    found = next((each for each in _candidates(expected) if start.startswith(_mark(each))), None)
    stream.put_back(start[len(_mark(found)) :] if found in expected and found is not None else start)
    if found is not None and found in expected:
        return found
    fault = _mark_fault(name, found) or _unmarked_fault(name, start)
    if fault:
        raise TableError(source, [fault])
    return name


def _candidates(expected: tuple[str, ...]) -> list[str]:
    return [each for each in dict.fromkeys((*UNICODE, *expected)) if _mark(each)]


def _mark(name: str | None) -> bytes:
    try:
        return MARK.encode(name) if name else b""
    except UnicodeError:  # an encoding without that character
        return b""


def _mark_fault(name: str, found: str | None) -> str | None:
    if found is None:
        return None
    short = found.removesuffix("-le").removesuffix("-be")
    advice = "leave --encoding out" if found == "utf-8" else f"add --encoding {short}"
    return f"not {name.upper()} but {short.upper()}, by its first {COUNTS[len(_mark(found))]} bytes; {advice}"


def _unmarked_fault(name: str, start: bytes) -> str | None:
    if name in MARKED:
        return f"no byte order mark at its start, so it is not {name}; try --encoding {name}-le or {name}-be"
    zeros = [not byte for byte in start]
    for likely, pattern in (("utf-16-le", [False, True] * 2), ("utf-16-be", [True, False] * 2)):
        if name == "utf-8" and zeros == pattern:
            return f"not UTF-8 but UTF-16, by the zeros in its first four bytes; add --encoding {likely}"
    return None
