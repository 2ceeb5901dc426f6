"""Encodings are taken as said, and those that a file begins with are noticed, in every format of text."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from stance.errors import TableError
from stance.tables.files import open_table, read_table
from stance.tables.formats.codec import detect_codec
from stance.tables.formats.rejects import Reject
from stance.tables.formats.rewindable import RewindableStream
from stance.tables.options import TableOptions

TEXTS = ["da", "они врут 🙂", "good work"]
CONTENTS = {
    ".csv": "id,text\n" + "".join(f"{number},{text}\n" for number, text in enumerate(TEXTS)),
    ".tsv": "id\ttext\n" + "".join(f"{number}\t{text}\n" for number, text in enumerate(TEXTS)),
    ".jsonl": "".join(f'{{"id": "{number}", "text": "{text}"}}\n' for number, text in enumerate(TEXTS)),
    ".txt": "".join(f"{text}\n" for text in TEXTS),
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "gb18030"]


@pytest.mark.parametrize("with_mark", [False, True])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("ending", CONTENTS)
def test_every_format_in_every_encoding(ending: str, encoding: str, with_mark: bool, tmp_path: Path) -> None:
    adds_mark = encoding in ("utf-8-sig", "utf-16", "utf-32")
    content = ("\ufeff" if with_mark and not adds_mark else "") + CONTENTS[ending]
    path = tmp_path / f"a{ending}"
    path.write_bytes(content.encode(encoding))
    table = read_table(str(path), TableOptions(encoding=encoding)).table
    assert table["text"].to_pylist() == TEXTS
    assert table.column_names[0] in ("id", "text")
    path = tmp_path / f"a{ending}.gz"
    path.write_bytes(gzip.compress(content.encode(encoding)))
    assert read_table(str(path), TableOptions(encoding=encoding)).table["text"].to_pylist() == TEXTS


@pytest.mark.parametrize("ending", CONTENTS)
@pytest.mark.parametrize(
    ("encoding", "said", "advice"),
    [
        ("utf-16", "utf-8", "not UTF-8 but UTF-16, by its first two bytes; add --encoding utf-16"),
        ("utf-32", "utf-8", "not UTF-8 but UTF-32, by its first four bytes; add --encoding utf-32"),
        ("utf-8-sig", "cp1252", "not CP1252 but UTF-8, by its first three bytes; leave --encoding out"),
        ("utf-16", "utf-16-be", "not UTF-16-BE but UTF-16, by its first two bytes; add --encoding utf-16"),
        ("utf-16-le", "utf-16", "no byte order mark at its start, so it is not utf-16; try --encoding utf-16-le"),
        ("utf-16-le", "utf-8", "by the zeros in its first four bytes; add --encoding utf-16-le"),
        ("utf-16-be", "utf-8", "by the zeros in its first four bytes; add --encoding utf-16-be"),
    ],
)
def test_another_encoding_is_noticed(encoding: str, said: str, advice: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(CONTENTS[ending].encode(encoding))
    with pytest.raises(TableError, match=advice):
        read_table(str(path), TableOptions(encoding=said))


def test_a_short_stream_is_left_as_it_is() -> None:
    for content in (b"", b"a", b"\xff"):
        stream = RewindableStream(io.BytesIO(content))
        assert detect_codec(stream, "a.csv", "utf-8") == "utf-8"
        assert bytes(stream.take(9)) == content


def test_bad_lines_of_json_in_another_encoding_have_their_place(tmp_path: Path) -> None:
    path, rejects = tmp_path / "a.jsonl", list[Reject]()
    good, bad = '{"text": "да"}\r\n'.encode("utf-16-le"), '{"text": \r\n'.encode("utf-16-le")
    half = b"\x00\xd8" + "\n".encode("utf-16-le")
    path.write_bytes(b"\xff\xfe" + good + bad + "\r\n".encode("utf-16-le") + half + good)
    with open_table(str(path), TableOptions(encoding="utf-16"), rejects.append) as reader:
        assert [text for batch in reader.batches(10) for text in batch["text"].to_pylist()] == ["да", "да"]
    assert [(each.line, each.raw) for each in rejects] == [(2, bad), (4, half)]
    content = path.read_bytes()
    assert all(content[each.offset :].startswith(each.raw) for each in rejects)
    assert [each.length for each in rejects] == [len(bad), len(half)]
    assert reader.rows_read == 4
