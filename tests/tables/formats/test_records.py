"""Single records: where the header ends, and what a bad row says."""

from __future__ import annotations

import io

import pytest

from stance.errors import TableError
from stance.tables.formats.records import RecordReader
from stance.tables.formats.rejects import Reject, raise_reject
from stance.tables.formats.rewindable import RewindableStream


def test_the_header_is_read_and_no_more() -> None:
    stream = RewindableStream(io.BytesIO(b'\n\n"id\n",text\n1,so\n'))
    reader = RecordReader(stream, "a.csv", "utf-8", ",", raise_reject)
    assert reader.header() == ["id\n", "text"]
    assert (reader.line, reader.offset, stream.position) == (4, 13, 13)


def test_the_encoding_is_guessed_from_the_rows_that_follow() -> None:
    rejects: list[Reject] = []
    words = ["да", "они опять врут нам про войну", "спасибо за хорошую работу и за порт"]
    content = b"text\n" + "\n".join(words).encode("cp1251")
    reader = RecordReader(RewindableStream(io.BytesIO(content)), "a.csv", "utf-8", ",", rejects.append)
    assert list(reader.tables(reader.header(), 10)) == []
    assert {bad.reason for bad in rejects} == {"is not UTF-8; it looks like cp1251: add --encoding cp1251"}


@pytest.mark.parametrize(("delimiter", "option"), [(";", "';'"), ("\t", "tab"), ("|", "'|'")])
def test_another_delimiter_is_recognized(delimiter: str, option: str) -> None:
    content = f"id{delimiter}text\n1{delimiter}so, so\n".encode()
    reader = RecordReader(RewindableStream(io.BytesIO(content)), "a.csv", "utf-8", ",", raise_reject)
    with pytest.raises(TableError, match=f"the delimiter looks like .*: add --delimiter {option}".replace("|", r"\|")):
        list(reader.tables(reader.header(), 10))
