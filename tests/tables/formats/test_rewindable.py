"""A stream that takes bytes back."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from stance.tables.formats.rewindable import RewindableStream


def test_an_end_is_met_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    with (tmp_path / "a").open("rb", buffering=0) as file:
        stream = RewindableStream(file)
        assert stream.take(9) == b"abc"
        with (tmp_path / "a").open("ab") as more:
            more.write(b"d")
        assert stream.take(9) == b""
        stream.put_back(b"c")
        assert not stream.ended
        assert stream.take(9) == b"c"
        assert stream.ended


def test_damage_is_raised_again() -> None:
    stream = RewindableStream(io.BytesIO())
    stream.damage = EOFError("no end")
    stream.put_back(b"ab")
    assert stream.take(9) == b"ab"
    for _ in range(2):
        with pytest.raises(EOFError, match="no end"):
            stream.readinto(memoryview(bytearray(1)))
