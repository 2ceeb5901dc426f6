"""Blocks and single records: two ways through a CSV with the same result."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stance.errors import TableError
from stance.tables.formats.blocks import BLOCK_BYTES
from stance.tables.formats.delimited import DelimitedReader
from stance.tables.formats.rejects import Reject

ROWS = 1000  # more than any of these tables has
PIECES = ["a", "b", ",", ",", '"', '"', '""', "\n", "\n", "\r", "\r\n", ";", " ", "\0", "\ufeff", "é", "a,b\n", '"a"']
HEADERS = ["", "text\n", "a,b\n", '"a","b"\r\n', "\ufeffa,b\n", "\na,b\r", 'a"b,c\n', '"a\nb",c\n']
texts = st.lists(st.sampled_from(PIECES), max_size=40).map(lambda pieces: "".join(pieces).encode())
raw = st.lists(st.sampled_from([b"a,b\n", b"\xe9", b"\xff", b"\xed\xa0\x80", b"\n", b'"']), max_size=8).map(b"".join)
well_formed = st.lists(
    st.lists(st.sampled_from(["a", "", '""', '"a,b"', '"a\nb"', '"\r\n"', '"a""b"', "é"]), min_size=2, max_size=2),
    max_size=20,
).map(lambda rows: "".join(",".join(row) + "\n" for row in rows).encode())


def outcome(content: bytes, block: int, rows: int = ROWS, delimiter: str = ",") -> object:
    """Read a table: its columns, cells and bad rows, or why it cannot be read at all."""
    rejects: list[Reject] = []
    try:
        reader = DelimitedReader(io.BytesIO(content), "a.csv", "utf-8", delimiter, rejects.append, block)
        batches = list(reader.batches(rows))
    except TableError as error:
        return error.faults
    cells = pa.concat_tables(batches).to_pydict() if batches else {}
    assert reader.rows_read == sum(map(len, batches)) + len(rejects)
    return reader.columns, cells, rejects


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(HEADERS), st.one_of(texts, raw, well_formed), st.sampled_from([4, 7, 16, 40, BLOCK_BYTES]))
@example("a,b\n", b"\xef\xbb\xbf1,2\n", 4)
@example("a,b\n", b'"x"y,2\n', BLOCK_BYTES)
@example("a,b\n", b'it\'s 5" wide,2\n"3","4"\n', BLOCK_BYTES)
@example("text\n", b"\n\na\n", BLOCK_BYTES)
@example("a,b\n", b'1,"2', BLOCK_BYTES)
@example("a,b\n", b"1\r2,3", BLOCK_BYTES)
def test_both_ways_give_the_same_cells_and_the_same_bad_rows(header: str, content: bytes, block: int) -> None:
    content = header.encode() + content
    assert outcome(content, block) == outcome(content, 0)


@settings(deadline=None)
@given(texts, st.sampled_from(";\t |é"))
def test_other_delimiters(content: bytes, delimiter: str) -> None:
    content = b"a;b\n" + content
    assert outcome(content, BLOCK_BYTES, delimiter=delimiter) == outcome(content, 0, delimiter=delimiter)


@settings(deadline=None)
@given(well_formed, st.sampled_from([8, 64]), st.integers(1, 5))
def test_batches_have_the_size_asked_for_whatever_the_blocks(content: bytes, block: int, rows: int) -> None:
    reader = DelimitedReader(io.BytesIO(b"a,b\n" + content), "a.csv", block=block)
    sizes = [len(batch) for batch in reader.batches(rows)]
    assert all(size == rows for size in sizes[:-1])
    assert outcome(b"a,b\n" + content, block, rows) == outcome(b"a,b\n" + content, 0)


def test_a_row_larger_than_a_block() -> None:
    content = b"a,b\n1,2\n3," + b"x" * 1000 + b"\n5,6\n"
    assert outcome(content, 100) == (["a", "b"], {"a": ["1", "3", "5"], "b": ["2", "x" * 1000, "6"]}, [])


def test_faults_behind_many_blocks_are_told_by_their_line() -> None:
    content = b"a,b\r\n" + b'1,"2\r\n3"\r\n' * 100 + b"4\r\n5,6,7\r\n"
    assert outcome(content, 64) == outcome(content, 0)
    assert outcome(content, 64)[2][0].message.startswith("line 202 has 1 cell,")  # type: ignore[index]


def test_blocks_are_read_again_behind_a_bad_row(monkeypatch: pytest.MonkeyPatch) -> None:
    singly = []
    monkeypatch.setattr("stance.tables.formats.records._table", lambda records, columns: singly.append(len(records)))
    monkeypatch.setattr(
        "stance.tables.formats.delimited.rebatch", lambda tables, rows: (t for t in tables if t is not None)
    )
    rows = b"1,2\n" * 100
    reader = DelimitedReader(io.BytesIO(b"a,b\n" + rows + b"bad\n" + rows), "a.csv", reject=lambda bad: None, block=40)
    monkeypatch.setattr(reader, "_tables", reader._read)
    assert sum(map(len, reader.batches(ROWS))) + sum(singly) == 200
    assert sum(singly) < 20


def test_well_formed_blocks_are_not_read_singly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.tables.formats.records._table", None)
    content = '\ufeff"id","text"\r\n1,"she said ""no"", twice"\r\n2,"two\nlines"\r\n3,é\r\n'.encode()
    cells = {"id": ["1", "2", "3"], "text": ['she said "no", twice', "two\nlines", "é"]}
    for block in (40, BLOCK_BYTES):
        assert outcome(content, block) == (["id", "text"], cells, [])


class Broken(io.BytesIO):
    """Gives its bytes and then a fault, as a zipped file does that was cut off."""

    def readinto(self, into: object) -> int:
        size = super().readinto(into)  # type: ignore[arg-type]
        if not size:
            raise EOFError("no end")
        return size


@pytest.mark.parametrize("content", [b"", b"a,b", b"a,b\n", b"a,b\n1,2\n", b"a,b\n1,2\n3,4\n5"])
@pytest.mark.parametrize("block", [0, 4, BLOCK_BYTES])
def test_damage_is_told_whatever_was_read_before(content: bytes, block: int) -> None:
    with pytest.raises(TableError, match="cut off or damaged after line"):
        list(DelimitedReader(Broken(content), "a.csv", block=block).batches(1))
