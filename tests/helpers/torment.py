"""Tables of torment: those that are too large, too odd, or not even files, and so are made when they are needed."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

HEADER = b"id,text\n"
GOOD = b"1,they lie\n2,good work\n"
Maker = Callable[[Path], object]


def file(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def parquet(cut: int) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / "a.parquet"
        pyarrow.parquet.write_table(pa.table({"id": ["1", "2"] * 500, "text": ["they lie", "good work"] * 500}), path)
        path.write_bytes(path.read_bytes()[:cut] if cut else path.read_bytes())
        return path

    return make


def folder_called_csv(folder: Path) -> Path:
    (folder / "a.csv").mkdir()
    return folder / "a.csv"


def null(folder: Path) -> Path:
    (folder / "a.csv").symlink_to(os.devnull)
    return folder / "a.csv"


WIDE = b",".join([b"text", *(b"c%d" % n for n in range(2999))]) + b"\n"
LINES = b'1,"' + b"they lie\n" * 10_000 + b'"\n'
ZIPPED = gzip.compress(HEADER + b"1,they lie and they lie\n" * 100, mtime=0)
# name: (how it is made, options, exit code, rows out, rows in rejects, words of the message)
MADE: dict[str, tuple[Callable[[Path], Path], str, int, int, int, str]] = {
    "wide": (file("a.csv", WIDE + b"they lie" + b",x" * 2999 + b"\n"), "", 0, 1, 0, "1 row in"),
    "wide and ragged": (file("a.csv", WIDE + b"they lie" + b",x" * 2998 + b"\n"), "", 0, 0, 1, "0 rows out"),
    "ten thousand lines in a cell": (file("a.csv", HEADER + LINES + GOOD), "", 0, 3, 0, "3 rows in"),
    "utf-16": (file("a.csv", (HEADER + GOOD).decode().encode("utf-16")), "--encoding utf-16", 0, 2, 0, "2 rows in"),
    "utf-16 unasked": (file("a.csv", (HEADER + GOOD).decode().encode("utf-16")), "", 2, 0, 0, "add --encoding utf-16"),
    "utf-16 without mark": (
        file("a.csv", (HEADER + GOOD).decode().encode("utf-16-le")), "--encoding utf-16", 2, 0, 0,
        "no byte order mark at its start, so it is not utf-16; try --encoding utf-16-le or utf-16-be",
    ),
    "utf-16 of an odd length": (
        file("a.csv", (HEADER + GOOD).decode().encode("utf-16") + b"3"), "--encoding utf-16", 0, 2, 1, "1 row in",
    ),
    "utf-32": (file("a.csv", (HEADER + GOOD).decode().encode("utf-32")), "--encoding utf-32", 0, 2, 0, "2 rows in"),
    "mainframe": (file("a.csv", (HEADER + GOOD).decode().encode("cp037")), "--encoding cp037", 0, 2, 0, "2 rows in"),
    "no text encoding": (file("a.csv", HEADER + GOOD), "--encoding idna", 2, 0, 0, "unknown encoding 'idna'"),
    "cut-off gzip": (file("a.csv.gz", ZIPPED[:-20]), "", 2, 0, 0, "cut off or damaged after line"),
    "gzip with another member": (file("a.csv.gz", ZIPPED + gzip.compress(b"2,so\n")), "", 0, 101, 0, "101 rows in"),
    "gzip with rubbish behind": (file("a.csv.gz", ZIPPED + b"rubbish"), "", 2, 0, 0, "cut off or damaged"),
    "csv called gzip": (file("a.csv.gz", HEADER + GOOD), "", 2, 0, 0, "cut off or damaged"),
    "gzip called csv": (file("a.csv", ZIPPED), "", 2, 0, 0, "line 1"),
    "parquet": (parquet(0), "", 0, 1000, 0, "1,000 rows in"),
    "cut-off parquet": (parquet(500), "", 2, 0, 0, "not a whole Parquet file"),
    "csv called parquet": (file("a.parquet", HEADER + GOOD), "", 2, 0, 0, "not a whole Parquet file"),
    "folder": (folder_called_csv, "", 2, 0, 0, "a folder; expected a file"),
    "null device": (null, "", 2, 0, 0, "empty; expected a header line"),
    "many blank lines": (file("a.csv", HEADER + b"\n" * 100_000 + GOOD), "", 0, 2, 0, "2 rows in"),
    "many empty rows": (file("a.csv", HEADER + b",\n" * 20_000), "", 0, 20_000, 0, "empty 20,000"),
}  # fmt: skip
SLOW: dict[str, tuple[Callable[[Path], Path], str, int, int, int, str]] = {
    "a million empty rows": (file("a.csv", HEADER + b",\n" * 1_000_000), "", 0, 1_000_000, 0, "empty 1,000,000"),
    "100 MB in a cell": (
        file("a.csv", HEADER + b'3,"' + b"they lie\n" * 11_000_000 + b'"\n' + GOOD), "", 0, 2, 1, "1 row in"),
    "100 MB in a line": (
        file("a.csv", HEADER + GOOD + b"3," + b"they lie " * 11_000_000 + b"\n"), "", 0, 2, 1, "1 row in"),
    "100 MB behind an open quote": (
        file("a.csv", HEADER + GOOD + b'3,"' + b"4,so\n" * 20_000_000), "", 0, 2, 1, "1 row in"),
    "100 MB in a line of JSON": (
        file("a.jsonl", b'{"text": "so"}\n{"text": "' + b"x" * 100_000_000 + b'"}\n'), "", 0, 1, 1, "1 row in"),
}  # fmt: skip
