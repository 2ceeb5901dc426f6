"""`stance check`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from stance.cli import console, process
from stance.cli.options import (
    Delimiter,
    Encoding,
    FromSpreadsheet,
    HeadNames,
    Jobs,
    Seed,
    TextColumn,
    check_jobs,
    split_names,
    table_options,
)


def command(
    data: Annotated[str, typer.Argument(help="Labelled table.")],
    against: Annotated[
        str | None, typer.Option("--against", help="Another table, none of whose comments may stand in this one.")
    ] = None,
    heads: HeadNames = None,
    by_article: Annotated[bool, typer.Option(help="Count the labels of each article too.")] = True,
    suspects: Annotated[int, typer.Option("--suspects", min=0, help="Number of probable label errors to list.")] = 20,
    text_column: TextColumn = "text",
    seed: Seed = 0,
    jobs: Jobs = -1,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    from_spreadsheet: FromSpreadsheet = False,
) -> None:
    """Find what is wrong or doubtful in a labelled table; exit with 1 if there are errors."""
    from stance.workflow import check
    from stance.workflow.options import CheckOptions

    table = table_options(text_column, encoding, delimiter, from_spreadsheet)
    console.tell_of_compiling()
    process.shield_workers()
    found = check.check(data, CheckOptions(split_names(heads), against, seed, table, check_jobs(jobs)))
    show_counts("rows by label", {head: {"": counts} for head, counts in found.counts.items()})
    if by_article:
        show_counts("rows by article and label", found.by_article)
    show_counts("rows by label where the country is named and where it is not", found.mentions)
    show_list("probable label errors, most probable first; the header is row 1", found.label_errors, suspects)
    show_list("faults", found.faults)
    show_list("duplicates within the table", found.duplicates)
    show_list("duplicates in the other table", found.leaks)
    console.echo(f"{found.rows:,} rows, {found.errors:,} errors, {len(found.label_errors):,} probable label errors")
    raise typer.Exit(1 if found.errors else 0)


def show_counts(title: str, tables: Mapping[str, Mapping[str, Mapping[str, int]]]) -> None:
    """Print one table of counts for each head: rows, labels, counts."""
    for head, rows in tables.items():
        labels = sorted({label for counts in rows.values() for label in counts})
        cells = {label: [f"{counts.get(label, 0):,}" for counts in rows.values()] for label in labels}
        console.echo(f"{head}: {title}")
        console.show_table({"": list(rows), **cells})
        console.echo("")


def show_list(title: str, lines: Sequence[str], shown: int | None = None) -> None:
    """Print lines under a title, or nothing where there are none."""
    if not lines:
        return
    console.echo(f"{title} ({len(lines):,})")
    for line in lines[:shown]:
        console.echo(f"  {line}")
    console.echo("")
