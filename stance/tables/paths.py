"""Which paths can be read and written, and which format a path has by its extension."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from stance.errors import OptionError, TableError

STDIO = "-"  # standard input or output
EXTENSIONS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))  # of folders, in a path
MAX_NAME_BYTES = 225  # of 255 that file systems allow: unfinished files and the folder of parts have longer names
PLAIN_TEXT = ".txt"  # which can be read only: it has no room for labels


def extension_of(path: str) -> tuple[str, bool]:
    """Return the extension, one of `EXTENSIONS`, and whether `.gz` comes after it; OptionError for any other.

    >>> extension_of("a.csv.gz"), extension_of("-")
    (('.csv', True), ('.csv', False))
    """
    extension, zipped = _split(path)
    if extension not in EXTENSIONS or (zipped and extension == ".parquet"):
        fault = "labels need more than one column" if extension == PLAIN_TEXT else "unknown table format"
        raise OptionError(f"{path}: {fault}; expected a name ending in {', '.join(EXTENSIONS)} or .csv.gz")
    return extension, zipped


def input_extension_of(path: str) -> tuple[str, bool]:
    """Return the extension of a table that is read, which may be `PLAIN_TEXT`, and whether `.gz` comes after it.

    >>> input_extension_of("a.txt.gz"), input_extension_of("a.csv")
    (('.txt', True), ('.csv', False))
    """
    return _split(path) if _split(path)[0] == PLAIN_TEXT else extension_of(path)


def check_paths(inputs: list[str], output: str, rejects: str | None) -> None:
    """Raise unless the inputs are there, and both tables can be written by their names and over no other of the run.

    OptionError for a name that cannot be used, TableError for an input that is not there.
    """
    extension_of(output)
    check_name(output)
    for path in inputs:
        check_there(path)
    check_not_same_file(inputs, output)
    if rejects is None:
        return
    extension_of(rejects)
    if rejects == STDIO:
        raise OptionError("--rejects: cannot be standard output; give it the name of a file")
    check_name(rejects, "--rejects")
    check_not_same_file(inputs, rejects, "--rejects")
    if output != STDIO and Path(output).resolve() == Path(rejects).resolve():
        raise OptionError(f"{rejects}: is also the --output; give --rejects another name")


def check_name(path: str, option: str = "--output") -> None:
    """Raise OptionError if a name is that of a folder, or too long; `option` gave it."""
    if path.endswith(SEPARATORS):
        raise OptionError(f"{path}: ends like a folder; give {option} the name of a file")
    size = len(os.fsencode(Path(path).name))
    if size > MAX_NAME_BYTES:
        fault = f"a name of {size} bytes; {MAX_NAME_BYTES} at most, since unfinished files beside it have longer ones"
        raise OptionError(f"{path}: {fault}; give {option} a shorter one")


def check_there(path: str) -> None:
    """Raise TableError if there is no such table."""
    try:
        if path != STDIO and stat.S_ISDIR(os.stat(path).st_mode):
            raise IsADirectoryError
    except (OSError, ValueError) as error:
        raise TableError(path, [input_fault(error)]) from None


def input_fault(error: OSError | ValueError) -> str:
    """Say why a table cannot be opened.

    >>> input_fault(FileNotFoundError())
    'no such file'
    """
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder; expected a file"
    return f"cannot be read ({getattr(error, 'strerror', None) or error})"


def check_not_same_file(inputs: list[str], output: str, option: str = "--output") -> None:
    """Raise OptionError if a table would be written over one that is read; `option` gave its name."""
    for path in inputs:
        if STDIO not in (path, output) and _is_same_file(path, output):
            raise OptionError(f"{output}: is also an input; give {option} another name")


def check_replaceable(path: str) -> None:
    """Raise OptionError if a path is taken by something that is not a regular file, such as a folder or a pipe."""
    if Path(path).is_dir():
        raise OptionError(f"{path}: is a folder; give --output the name of a file")
    if Path(path).exists() and not Path(path).is_file():
        raise OptionError(f"{path}: not a regular file; choose another output path")


def check_not_stdin(path: str) -> None:
    """Raise OptionError for standard input, where a table is read twice."""
    if path == STDIO:
        raise OptionError("standard input can be read only once; save the table to a file and name that")


def check_spreadsheet_paths(paths: Iterable[str | None]) -> None:
    """Raise OptionError for tables that a spreadsheet cannot open as they are."""
    for path in paths:
        if path is not None and extension_of(path)[0] not in {".csv", ".tsv"}:
            raise OptionError(
                f"{path}: --spreadsheet-safe is for .csv and .tsv only; change the extension, or leave the option out"
            )


def _split(path: str) -> tuple[str, bool]:
    if path == STDIO:
        return ".csv", False
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    zipped = suffixes[-1:] == [".gz"]
    return (["", *suffixes[:-1]] if zipped else ["", *suffixes])[-1], zipped


def _is_same_file(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:  # one of them does not exist; opening the input will report it
        return False
