"""Lines of a stream in any encoding: none is lost, and each but the last has its end."""

from __future__ import annotations

import io
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.tables.formats.lines import Lines, RowLines
from stance.tables.formats.rewindable import RewindableStream

SIGNS = ["a", "é", "中", "\n", "\r", "\r\n", "\u2028", "\u0a0d", '"', "\0"]  # two of them hold the byte of a line feed


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@given(signs=st.lists(st.sampled_from(SIGNS), max_size=30))
def test_lines_are_those_of_the_standard_library(encoding: str, signs: list[str]) -> None:
    content = "".join(signs).encode(encoding, "ignore")
    lines = Lines(RewindableStream(io.BytesIO(content)), encoding)
    taken = list(takewhile(bool, iter(lines.take, None)))
    assert [line.decode(encoding) for line in taken] == list(io.StringIO(content.decode(encoding), newline=""))
    assert all(map(lines.has_end, taken[:-1]))


def test_what_was_not_taken_is_put_back() -> None:
    stream = RewindableStream(io.BytesIO(b"a\nb\nc"))
    lines = Lines(stream, "utf-8")
    assert (lines.take(), lines.following()) == (b"a\n", [b"b\n", b"c"])
    lines.put_back()
    assert stream.position == 2
    assert stream.take(9) == b"b\nc"


def test_the_bytes_of_a_row_are_kept_until_the_next() -> None:
    row = RowLines(Lines(RewindableStream(io.BytesIO(b"a\xff\nb\0\nc")), "utf-8"), "utf-8")
    assert (next(row), next(row)) == ("a\udc80\n", "b\0\n")
    assert (row.raw, row.size, row.count, row.has_nul) == ([b"a\xff\n", b"b\0\n"], 6, 2, True)
    row.begin()
    assert (next(row), row.raw, row.count, row.has_nul) == ("c", [b"c"], 0, False)
