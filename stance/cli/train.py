"""`stance train`."""

from __future__ import annotations

from typing import Annotated

import typer

from stance.cli import console, process
from stance.cli.options import (
    Delimiter,
    Encoding,
    FromSpreadsheet,
    HeadNames,
    Jobs,
    LexiconFile,
    Seed,
    TextColumn,
    check_jobs,
    split_names,
    table_options,
)


def command(
    data: Annotated[str, typer.Argument(help="Table with a text column and a column for each head.")],
    out: Annotated[str, typer.Option("--out", help="Folder for the model.")],
    heads: HeadNames = None,
    lexicon: LexiconFile = None,
    text_column: TextColumn = "text",
    seed: Seed = 0,
    jobs: Jobs = -1,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    from_spreadsheet: FromSpreadsheet = False,
) -> None:
    """Train a model on labelled comments and print its scores on held-out ones."""
    from stance.workflow import train
    from stance.workflow.options import TrainOptions

    table = table_options(text_column, encoding, delimiter, from_spreadsheet)
    options = TrainOptions(split_names(heads), lexicon, seed, table, check_jobs(jobs))
    console.tell_of_compiling()
    process.shield_workers()
    trained = train.train(data, out, options, tell=console.stage_lines())
    console.show_scores(trained.heads, {"C": [f"{trained.Cs[head]:g}" for head in trained.heads]})
    console.echo(f"\n{trained.verdict}")
    for line in (trained.resampling, *trained.cautions):
        console.echo(line)
    console.echo(f"{trained.rows:,} comments, each labelled by a model that was trained without it (cross-validation)")
    console.echo(f"model written to {trained.folder}")
