"""`stance predict`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from stance.cli import console, process
from stance.cli.options import (
    Delimiter,
    Encoding,
    FromSpreadsheet,
    Jobs,
    LexiconFile,
    ModelPath,
    SpreadsheetSafe,
    Targets,
    TextColumn,
    check_jobs,
    split_names,
    table_options,
)
from stance.errors import OptionError
from stance.strings import plural

if TYPE_CHECKING:
    from stance.tables.privacy import Privacy
    from stance.workflow.batch.scoring import RowCounts


def command(
    inputs: Annotated[
        list[str],
        typer.Argument(help="Tables: .csv, .csv.gz, .tsv, .jsonl, .parquet, .txt; - for CSV from standard input."),
    ],
    output: Annotated[str, typer.Option("--output", "-o", help="Table to write; - for CSV to standard output.")],
    model: ModelPath = None,
    text_column: TextColumn = "text",
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Write the probability of every label.")
    ] = False,
    targets: Targets = None,
    min_confidence: Annotated[
        float, typer.Option("--min-confidence", min=0, max=1, help="Give no label below this confidence, 0 to 1.")
    ] = 0.0,
    explain: Annotated[
        int | None,
        typer.Option(
            "--explain", min=1, max=50, metavar="N", help="Write the N features that moved each head's decision most."
        ),
    ] = None,
    lexicon: LexiconFile = None,
    rejects: Annotated[
        str | None,
        typer.Option("--rejects", help="Table for rows that cannot be read, instead of stopping at the first."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue a run that was interrupted.")] = False,
    drop: Annotated[
        list[str] | None, typer.Option("--drop", help="Column to leave out of all that is written. May be repeated.")
    ] = None,
    hashed: Annotated[
        list[str] | None, typer.Option("--hash", help="Column to write as keyed hashes. May be repeated.")
    ] = None,
    salt: Annotated[str | None, typer.Option("--salt", help="File with the secret key of --hash.")] = None,
    spreadsheet_safe: SpreadsheetSafe = False,
    jobs: Jobs = -1,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    from_spreadsheet: FromSpreadsheet = False,
) -> None:
    """Label the comments of tables; all input columns are kept."""
    from stance.workflow import predict
    from stance.workflow.options import PredictOptions

    options = PredictOptions(
        model=model,
        targets=split_names(targets),
        lexicon=lexicon,
        probabilities=probabilities,
        min_confidence=min_confidence,
        explain=explain or 0,
        rejects=rejects,
        resume=resume,
        privacy=privacy_of(drop or [], hashed or [], salt),
        spreadsheet_safe=spreadsheet_safe,
        table=table_options(text_column, encoding, delimiter, from_spreadsheet),
        n_jobs=check_jobs(jobs),
    )
    check_streams(inputs, output)
    console.tell_of_compiling()
    with console.progress("scoring") as progress:
        counts = predict.predict(inputs, output, options, progress=progress.add_rows, on_share=progress.add_share)
    console.echo_err(last_line(counts))
    if rejects is not None:
        read = counts.rows + counts.rejected
        out, rejected = plural(counts.rows, "row"), plural(counts.rejected, "row")
        console.echo_err(f"{plural(read, 'row')} in = {out} out + {rejected} in {rejects}")


def check_streams(inputs: list[str], output: str) -> None:
    """Raise OptionError if standard input or output is named but was closed."""
    for name, is_used in (("stdin", "-" in inputs), ("stdout", output == "-")):
        if is_used and name in process.closed:
            raise OptionError(f"-: standard {name[3:]}put is closed; give the name of a file")


def privacy_of(dropped: list[str], hashed: list[str], salt: str | None) -> Privacy:
    """Build the privacy options; the key is read from the salt file."""
    from stance.tables.privacy import Privacy, read_key

    return Privacy(dropped, hashed, read_key(salt) if hashed else b"")


def last_line(counts: RowCounts) -> str:
    """Summarize a run: rows, seconds, rows per second, counts of statuses and labels."""
    rate = (counts.rows - counts.resumed) / max(counts.seconds, 1e-9)
    heads = [f"{head}: {_counts(counts)}" for head, counts in {"status": counts.status, **counts.labels}.items()]
    return f"{plural(counts.rows, 'row')} in {counts.seconds:.1f} s ({rate:,.0f} rows/s); " + "; ".join(heads)


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{label} {rows:,}" for label, rows in counts.most_common() if rows)
