"""JSON Lines: no value changes its type unseen, and bad lines are rejected."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from stance.errors import TableError
from stance.tables.files import open_table, read_table
from stance.tables.formats.jsonlines import JsonLinesReader
from stance.tables.formats.rejects import Reject


def test_json_lines_of_mixed_types_become_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a", "x": 1}\n{"text": "b", "x": "one"}\n{"text": "c", "x": {"y": 1}}\n')
    assert read_table(str(path))[0]["x"].to_pylist() == ["1", "one", '{"y": 1}']


def test_json_lines_do_not_change_a_value_in_a_later_batch(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    later = ['{"text": "b", "likes": 3.5}', '{"text": "b", "likes": 2, "meta": {"a": 1, "deleted": true}}']
    for line in later:
        path.write_text('{"text": "a", "likes": 3, "meta": {"a": 1}}\n' * 2 + line)
        with (
            open_table(str(path)) as reader,
            pytest.raises(TableError, match="of another type than the first 10,000 lines"),
        ):
            list(reader.batches(2))
    path.write_text('{"text": "a", "n": 123456789012345678901234567890}\n{"text": "a", "n": {"b": 1}}')
    assert read_table(str(path))[0]["n"].to_pylist() == ["123456789012345678901234567890", '{"b": 1}']


def lines_read(content: bytes, rows: int) -> tuple[list[object], list[str]]:
    rejects: list[Reject] = []
    reader = JsonLinesReader(io.BytesIO(content), "a.jsonl", rejects.append)
    tables = list(reader.batches(rows))
    assert reader.rows_read == sum(map(len, tables)) + len(rejects)
    for bad in rejects:
        assert content[bad.offset : bad.offset + bad.length].startswith(bad.raw)
    return [text for table in tables for text in table["text"].to_pylist()], [bad.message for bad in rejects]


def test_bad_lines_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.tables.formats.rejects.MAX_ROW_BYTES", 100)
    monkeypatch.setattr(JsonLinesReader, "SAMPLED_ROWS", 3)
    good = b'{"text": "a", "n": 1}\n'
    bad = {
        b'{"text": \n': "is not JSON",
        b"[1]\n": "is not an object",
        b'{"text": "\xe9"}\n': "is not JSON ('utf-8' codec",
        b'{"text": "\\ud800"}\n': "holds half a surrogate pair",
        b'{"text": "' + b"x" * 300 + b'"}\n': "has 313 bytes; the limit is 100",
    }
    late = {b'{"text": "a", "m": 1}\n': "has keys m", b'{"text": "a", "n": "one"}\n': "has a 'n' of another type"}
    texts, messages = lines_read(good + b"".join(bad) + b"\n" + good * 2 + b"".join(late) + good, 3)
    assert texts == ["a"] * 4
    reasons = list(bad.values()) + list(late.values())
    assert all(reason in message for reason, message in zip(reasons, sorted(messages, key=place), strict=True))


def place(message: str) -> int:
    return int(message.split()[1])


def test_json_of_bad_lines_only_is_no_table() -> None:
    with pytest.raises(TableError, match="none of its 2 lines can be read; expected one JSON object a line"):
        lines_read(b"a\nb\n", 1)
