"""Memory follows the bytes of text in flight: a small file that stands for much is read in little, or refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

MEMORY = 250  # megabytes beyond what the program takes for a table of one row
READING = """
import sys
from stance.errors import StanceError
from stance.tables.files import BATCH_ROWS, open_table

def used():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) // 1024

def read(path):
    with open_table(path) as reader:
        return sum(map(len, reader.batches(BATCH_ROWS)))

read(sys.argv[1])
before = used()
try:
    found = read(sys.argv[2])
except StanceError as error:
    found = error
print(f"{used() - before} {found}")
"""


def lines(*records: Any) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        with (folder / "a.jsonl").open("w") as file:
            file.writelines(f"{json.dumps(record)}\n" for record in records)
        return folder / "a.jsonl"

    return write


def parquet(make: Callable[[], dict[str, Any]]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        pyarrow.parquet.write_table(pa.table(make()), folder / "a.parquet", compression="zstd")
        return folder / "a.parquet"

    return write


def header(names: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / "a.csv").write_bytes(names + b"\n" + b"," * names.count(b",") + b"\n")
        return folder / "a.csv"

    return write


LONG = "so be it " * 33_000  # as long as what a dictionary holds once
SMALL: dict[str, tuple[Callable[[Path], Path], str]] = {
    "new keys on every line": (lines(*({"text": "so", f"key {n}": n} for n in range(10_000))), "different keys in"),
    "new keys in an object": (lines(*({"text": "so", "m": {f"key {n}": n}} for n in range(10_000))), "10000"),
    "new keys in a list": (lines(*({"text": "so", "m": [{f"key {n}": [n]}]} for n in range(10_000))), "10000"),
    "many keys in a line": (lines({"text": "so", **{f"key {n}": n for n in range(100_000)}}), "the limit is 16,384"),
    "many columns": (header(b"text" + b"," * 200_000), "the limit is 16,384"),
    "a long string in a dictionary": (parquet(lambda: {"text": [LONG] * 4000}), "4000"),
    "a large string in a dictionary": (parquet(lambda: {"text": pa.array([LONG] * 4000, pa.large_string())}), "4000"),
    "long bytes in a dictionary": (parquet(lambda: {"text": [LONG.encode()] * 4000}), "4000"),
    "strings in lists": (parquet(lambda: {"text": ["so"] * 4000, "all": [["a" * 1000] * 100] * 4000}), "4000"),
    "strings in records": (parquet(lambda: {"text": ["so"] * 4000, "in": [{"a": LONG[:99_000]}] * 4000}), "4000"),
    "nulls in lists": (
        parquet(lambda: {"text": ["so"] * 100, "all": pa.array([[None] * 100_000] * 100, pa.list_(pa.int64()))}), "100",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_a_small_file_takes_little_memory(name: str, tmp_path: Path) -> None:
    make, expected = SMALL[name]
    path = make(tmp_path)
    plain = path.with_name(f"plain{path.suffix}")
    assert path.stat().st_size < 2_000_000
    if path.suffix == ".parquet":
        pyarrow.parquet.write_table(pa.table({"text": ["so"]}), plain)
    else:
        plain.write_text('{"text": "so"}\n' if path.suffix == ".jsonl" else "text\nso\n")
    done = subprocess.run(
        [sys.executable, "-c", READING, str(plain), str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    used, found = done.stdout.split(maxsplit=1)
    assert expected in found
    assert int(used) < MEMORY
