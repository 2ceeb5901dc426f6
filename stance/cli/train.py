"""`stance train`."""

from __future__ import annotations

from typing import Annotated

import typer

from stance.cli import console
from stance.cli.options import (
    Delimiter,
    Encoding,
    FromSpreadsheet,
    Heads,
    Jobs,
    LexiconFile,
    Seed,
    TextColumn,
    checked_jobs,
    names_in,
    table_options,
)


def command(
    data: Annotated[str, typer.Argument(help="Table with a text column and a column for each head.")],
    out: Annotated[str, typer.Option("--out", help="Folder for the model.")],
    heads: Heads = None,
    lexicon: LexiconFile = None,
    text_column: TextColumn = "text",
    seed: Seed = 0,
    jobs: Jobs = -1,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    from_spreadsheet: FromSpreadsheet = False,
) -> None:
    """Train a model on labelled comments and say how well it does on held-out ones."""
    from stance.workflow import train

    options = table_options(text_column, encoding, delimiter, from_spreadsheet)
    names = names_in(heads)
    trained = train.train(data, out, heads=names, lexicon=lexicon, options=options, seed=seed, jobs=checked_jobs(jobs))
    strengths = [f"{trained.strengths[head]:g}" for head in trained.heads]
    console.show_scores(trained.heads, {"C": strengths})
    console.say(f"\n{trained.verdict}")
    console.say(f"{trained.rows:,} comments, each labelled by a model that was trained without it (cross-validation)")
    console.say(f"model written to {trained.folder}")
