"""stance/tables/paths.py."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from stance.errors import OptionError

STDIO = "-"  # standard input or output
EXTENSIONS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")


def extension_of(path: str) -> tuple[str, bool]:
    """Tell a table's format by its name.

    Parameters
    ----------
    path : str

    Returns
    -------
    ending : str
        One of `ENDINGS`.
    zipped : bool
        Whether `.gz` comes after it.

    Raises
    ------
    OptionError
        If the ending is none of those.

    Examples
    --------
    >>> extension_of("a.csv.gz"), extension_of("-")
    (('.csv', True), ('.csv', False))
    """
    if path == STDIO:
        return ".csv", False
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    zipped = suffixes[-1:] == [".gz"]
    ending = (suffixes[:-1] if zipped else suffixes)[-1:]
    if not ending or ending[0] not in EXTENSIONS or (zipped and ending[0] == ".parquet"):
        raise OptionError(
            f"{path}: unknown kind of table; expected a name ending in {', '.join(EXTENSIONS)} or .csv.gz"
        )
    return ending[0], zipped


def check_paths(inputs: list[str], output: str, rejects: str | None) -> None:
    """Refuse names of tables that no table can be written to, or not without writing over another.

    Parameters
    ----------
    inputs : list of str
    output : str
    rejects : str, optional

    Raises
    ------
    OptionError
    """
    extension_of(output)
    check_not_same_file(inputs, output)
    if rejects is None:
        return
    extension_of(rejects)
    if rejects == STDIO:
        raise OptionError("--rejects needs the name of a file")
    check_not_same_file(inputs, rejects, "--rejects")
    if output != STDIO and Path(output).resolve() == Path(rejects).resolve():
        raise OptionError(f"{rejects}: is the --output too; give --rejects another name")


def check_not_same_file(inputs: list[str], output: str, option: str = "--output") -> None:
    """Refuse to write a table over one that is being read.

    Parameters
    ----------
    inputs : list of str
    output : str
    option : str
        That gave its name.

    Raises
    ------
    OptionError
    """
    for path in inputs:
        if STDIO not in (path, output) and _same_file(path, output):
            raise OptionError(f"{output}: is also an input; give {option} another name")


def check_replaceable(path: str) -> None:
    """Refuse to put a table in the place of what is no ordinary file.

    Parameters
    ----------
    path : str

    Raises
    ------
    OptionError
    """
    if Path(path).is_dir():
        raise OptionError(f"{path}: a folder; give --output the name of a file")
    if Path(path).exists() and not Path(path).is_file():
        raise OptionError(f"{path}: no ordinary file; name one that can be replaced")


def check_not_stdin(path: str) -> None:
    """Refuse standard input where a table is read twice.

    Parameters
    ----------
    path : str

    Raises
    ------
    OptionError
    """
    if path == STDIO:
        raise OptionError("standard input can be read only once; save the table to a file and name that")


def check_spreadsheet_paths(paths: Iterable[str | None]) -> None:
    """Refuse tables that a spreadsheet cannot open as they are.

    Parameters
    ----------
    paths : iterable of str or None

    Raises
    ------
    OptionError
    """
    for path in paths:
        if path is not None and extension_of(path)[0] not in {".csv", ".tsv"}:
            raise OptionError(f"{path}: --spreadsheet-safe is for .csv and .tsv; name the table so, or leave it out")


def _same_file(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:  # one of them is not there yet; opening the input will say so
        return False
