"""JSON Lines: no value changes its type unseen, and bad lines are rejected."""

from __future__ import annotations

import datetime
import io
import json
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stance.errors import TableError
from stance.tables.files import create_table, open_table, read_table
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
    with pytest.raises(TableError, match="its only line cannot be read; expected one JSON object a line"):
        lines_read(b"a\n", 1)


def strict(line: str) -> Any:
    """Read JSON as its standard has it."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    return json.loads(line, parse_constant=refuse)


def through(tmp_path: Path, lines: list[str], ending: str = ".jsonl") -> Path:
    """Read JSON Lines, write a table, and return its path."""
    (tmp_path / "in.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    out = tmp_path / f"out{ending}"
    with open_table(str(tmp_path / "in.jsonl")) as reader, create_table(str(out)) as writer:
        for batch in reader.batches(2):
            writer.write(batch)
    return out


VALUES = {
    "integers beside floats": ["3", "2.5", "null", "-0.0", "1e3", "7"],
    "floats, then an integer": ["0.5", "0.25", "3"],
    "integers": ["3", "null", "-4"],
    "integers too large for a double, beside floats": ["9007199254740993.0", "0.5"],
    "integers too large for 64 bits": ["123456789012345678901234567890", "1"],
    "integers in lists": ["[1, 2.5]", "[3]", "[]"],
    "integers in objects": ['{"a": 1}', '{"a": 2.5}', '{"a": 3, "b": null}'],
    "truths beside numbers": ["true", "1"],
    "lists, first of nothing": ["[]", "[null]", '["a"]'],
    "objects with other keys": ['{"a": 1}', '{"b": [true]}', "null", '{"a": null}'],
    "truths": ["true", "false", "null"],
    "text": ['"3"', '"2.5"', "null"],
}


@pytest.mark.parametrize("name", VALUES)
def test_json_comes_out_as_it_came_in(name: str, tmp_path: Path) -> None:
    lines = [f'{{"text": "so", "n": {value}}}' for value in VALUES[name]]
    written = through(tmp_path, lines).read_text("utf-8").splitlines()
    assert [repr(strict(line)) for line in written] == [repr(json.loads(line)) for line in lines]


def test_integers_beside_floats_in_other_formats(tmp_path: Path) -> None:
    lines = ['{"text": "so", "n": 3}', '{"text": "so", "n": 2.5}', '{"text": "so", "n": null}']
    assert through(tmp_path, lines, ".csv").read_text() == "text,n\nso,3\nso,2.5\nso,\n"
    table = read_table(str(through(tmp_path, lines, ".parquet"))).table
    assert (table["n"].type, table["n"].to_pylist()) == (pa.float64(), [3.0, 2.5, None])


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "-Infinity", "[1.5, NaN]", '{"a": -Infinity}', "1e999", "[1e999]"]
)
def test_numbers_that_are_none(value: str, tmp_path: Path) -> None:
    lines = [f'{{"text": "so", "n": {value}}}', '{"text": "so", "n": null}']
    first, second = map(strict, through(tmp_path, lines).read_text().splitlines())
    assert second["n"] is None
    assert first["n"] in (None, [1.5, None], {"a": None}, "1e999", [None])
    with create_table(str(tmp_path / "b.jsonl")) as writer:  # as they come from Parquet
        writer.write(pa.table({"n": [math.nan, math.inf, 0.5], "tags": [[math.nan], [-math.inf], None]}))
    assert [strict(line) for line in (tmp_path / "b.jsonl").read_text().splitlines()] == [
        {"n": None, "tags": [None]}, {"n": None, "tags": [None]}, {"n": 0.5, "tags": None},
    ]  # fmt: skip


@pytest.mark.parametrize("line", ['{"text": "a", "text": "b"}', '{"text": "a", "m": {"n": 1, "n": 1}}'])
def test_a_doubled_key_is_rejected(line: str) -> None:
    texts, messages = lines_read(f'{{"text": "so", "m": null}}\n{line}\n'.encode(), 10)
    assert texts == ["so"]
    assert "twice; a value would be lost" in messages[0]


@pytest.mark.parametrize("deep", ["[" * 101 + "]" * 101, '{"a":' * 980 + "1" + "}" * 980, "[" * 100_000])
def test_deep_json_is_rejected(deep: str) -> None:
    texts, messages = lines_read(f'{{"text": "so"}}\n{{"text": "a", "m": {deep}}}\n'.encode(), 10)
    assert (texts, len(messages), "more than 100 levels" in messages[0]) == (["so"], 1, True)
    assert lines_read(b'{"text": "' + b"[" * 1000 + b'"}\n', 10) == (["[" * 1000], [])


def test_times_are_written_to_the_nanosecond(tmp_path: Path) -> None:
    moment = pa.array([1_000_000_001], pa.int64())
    kinds = {"when": pa.timestamp("ns"), "zoned": pa.timestamp("ns", "UTC"), "time": pa.time64("ns")}
    columns = {name: moment.cast(kind) for name, kind in kinds.items()}
    columns["took"] = moment.cast(pa.duration("ns"))
    columns["all"] = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), columns["when"])
    columns["in"] = pa.StructArray.from_arrays([columns["when"]], ["a"])
    columns["day"] = pa.array([datetime.datetime(2026, 1, 2, 3)])
    with create_table(str(tmp_path / "a.jsonl")) as writer:
        writer.write(pa.table(columns))
    record = json.loads((tmp_path / "a.jsonl").read_text())
    assert record["when"] == record["all"][0] == record["in"]["a"] == "1970-01-01 00:00:01.000000001"
    assert (record["zoned"], record["time"]) == ("1970-01-01 00:00:01.000000001Z", "00:00:01.000000001")
    assert (record["took"], record["day"]) == ("1000000001", "2026-01-02 03:00:00")


def test_bytes_are_written_as_text_or_not_at_all(tmp_path: Path) -> None:
    with create_table(str(tmp_path / "a.jsonl")) as writer:
        writer.write(pa.table({"text": ["é".encode()], "all": [[b"so"]]}))
    assert json.loads((tmp_path / "a.jsonl").read_text("utf-8")) == {"text": "é", "all": ["so"]}
    with (
        pytest.raises(TableError, match=r"bytes that are not UTF-8; write \.parquet"),
        create_table(str(tmp_path / "b.jsonl")) as writer,
    ):
        writer.write(pa.table({"text": [b"\xff"]}))
