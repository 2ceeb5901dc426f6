"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from stance.tables.options import TableOptions

TextColumn = Annotated[str, typer.Option("--text-column", help="Name of the column that holds the comments.")]
Encoding = Annotated[
    str, typer.Option("--encoding", help="Encoding of CSV, JSON Lines or text, such as cp1252 or utf-16.")
]
Delimiter = Annotated[str | None, typer.Option("--delimiter", help="Delimiter of a CSV file: one character, or tab.")]
HeadNames = Annotated[
    str | None,
    typer.Option("--heads", help="Label columns, separated by commas.", show_default="those in the table"),
]
ModelPath = Annotated[str | None, typer.Option("--model", help="Model folder.", show_default="the bundled model")]
Targets = Annotated[
    str | None,
    typer.Option("--targets", help="More targets than the model has heads for, separated by commas: iran,ukraine."),
]
FromSpreadsheet = Annotated[
    bool, typer.Option("--from-spreadsheet", help="Take the apostrophes of --spreadsheet-safe off the cells again.")
]
SpreadsheetSafe = Annotated[
    bool, typer.Option("--spreadsheet-safe", help="Escape cells that a spreadsheet would run as formulas.")
]
LexiconFile = Annotated[
    str | None,
    typer.Option("--lexicon", help="CSV with more names of countries: columns target, alias and, optionally, case."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**32 - 1, help="Random seed.")]
Jobs = Annotated[int, typer.Option("--jobs", help="Number of cores to use; -1 for all.")]


def table_options(
    text_column: str, encoding: str, delimiter: str | None, from_spreadsheet: bool = False
) -> TableOptions:
    """Build TableOptions; typer.BadParameter for a delimiter that is none."""
    if delimiter is not None:
        delimiter = "\t" if delimiter.lower() in {"tab", "\\t"} else delimiter
        if len(delimiter) != 1 or delimiter in '"\r\n\0' or "\ud800" <= delimiter <= "\udfff":
            raise typer.BadParameter("one character other than a quote, or the word tab", param_hint="--delimiter")
    return TableOptions(text_column, encoding, delimiter, from_spreadsheet)


def split_names(names: str | None) -> list[str]:
    """Split names at commas."""
    return [name.strip() for name in (names or "").split(",") if name.strip()]


def check_jobs(jobs: int) -> int:
    """Return a number of processes, or raise typer.BadParameter."""
    if jobs == 0 or jobs < -1:
        raise typer.BadParameter("1 or more, or -1 for all cores", param_hint="--jobs")
    return jobs
