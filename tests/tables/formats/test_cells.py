"""Cells and lines as a CSV shows them."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
from hypothesis import example, given
from hypothesis import strategies as st

from stance.tables.files import create_table, read_table
from stance.tables.formats.cells import PROPORTION
from stance.tables.formats.delimited import DelimitedWriter


def test_csv_shows_numbers_dates_and_nulls(tmp_path: Path) -> None:
    table = pa.table({"n": [1, None], "p": [0.25, 1e-06], "day": [datetime.date(2026, 1, 2), None], "b": [True, False]})
    path = tmp_path / "a.csv"
    with create_table(str(path)) as writer:
        writer.write(table)
    assert path.read_text() == "n,p,day,b\n1,0.25,2026-01-02,true\n,0.000001,,false\n"


def proportions(values: list[float | None]) -> pa.Table:
    return pa.table([pa.array(values, pa.float64())], pa.schema([pa.field("p", pa.float64(), metadata=PROPORTION)]))


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=1), st.integers(0, 3))
@example([0, 1, 10**6, 999_999, None], 0)
def test_proportions_are_shown_with_six_decimals(millionths: list[int | None], first: int) -> None:
    stream = io.BytesIO()
    table = proportions([None if each is None else round(each / 10**6, 6) for each in millionths]).slice(first)
    DelimitedWriter(stream, table.schema).write(table)
    lines = ["" if each is None else f"{each / 10**6:.6f}" for each in millionths[first:]]
    assert stream.getvalue().decode().split("\n") == ["p", *lines, ""]


def test_numbers_that_are_called_proportions_and_are_none_stay_as_they_are() -> None:
    for other in (1.5, -0.25, 0.1234567, 1e300):
        stream = io.BytesIO()
        DelimitedWriter(stream, proportions([]).schema).write(proportions([0.5, other, None]))
        assert [float(line) for line in stream.getvalue().split()[1:]] == [0.5, other]


def test_categories_are_quoted_where_they_must_be(tmp_path: Path) -> None:
    names = pa.array(['Smith, "J"', "two\nlines"]).dictionary_encode()
    pyarrow.parquet.write_table(pa.table({"text": ["a", "b"], "author": names}), tmp_path / "a.parquet")
    with create_table(str(tmp_path / "a.csv")) as writer:
        writer.write(read_table(str(tmp_path / "a.parquet"))[0])
    assert read_table(str(tmp_path / "a.csv"))[0]["author"].to_pylist() == names.to_pylist()
