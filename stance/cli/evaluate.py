"""`stance evaluate`."""

from __future__ import annotations

from typing import Annotated

import typer

from stance.cli import console, process
from stance.cli.options import (
    Delimiter,
    Encoding,
    FromSpreadsheet,
    Jobs,
    ModelPath,
    Seed,
    SpreadsheetSafe,
    TextColumn,
    check_jobs,
    table_options,
)


def command(
    data: Annotated[str, typer.Argument(help="Table with a text column and a column for each head.")],
    report: Annotated[
        str, typer.Option("--report", help="Folder for metrics.json, report.md, report.html, predictions.csv.")
    ],
    model: ModelPath = None,
    gate: Annotated[
        list[str] | None,
        typer.Option(
            "--gate",
            help="Exit with 1 unless this holds, e.g. 'stance.macro_f1>=0.60', 'tone.macro_f1_low>=0.5' (the "
            "interval's lower end), 'stance.worse<0.05' (than --compare). May be repeated.",
        ),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option("--compare", help="Other model folder, or predictions.csv of an earlier run, to compare with."),
    ] = None,
    slice_by: Annotated[
        list[str] | None,
        typer.Option("--slice-by", help="Column whose values cut the comments into slices. May be repeated."),
    ] = None,
    cross_validate: Annotated[
        bool,
        typer.Option(
            "--cross-validate",
            help="Train again without each fold of articles: for the table that the model was trained on.",
        ),
    ] = False,
    spreadsheet_safe: SpreadsheetSafe = False,
    text_column: TextColumn = "text",
    seed: Seed = 0,
    jobs: Jobs = -1,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    from_spreadsheet: FromSpreadsheet = False,
) -> None:
    """Score a model on labelled comments and write a report."""
    from stance.workflow import evaluate
    from stance.workflow.options import EvaluateOptions

    table = table_options(text_column, encoding, delimiter, from_spreadsheet)
    options = EvaluateOptions(
        model=model,
        gates=gate or (),
        compare=compare,
        slice_by=slice_by or (),
        cross_validate=cross_validate,
        seed=seed,
        table=table,
        n_jobs=check_jobs(jobs),
        spreadsheet_safe=spreadsheet_safe,
    )
    console.tell_of_compiling()
    process.shield_workers()
    found = evaluate.evaluate(data, report, options, tell=console.stage_lines())
    console.show_scores(found.heads)
    console.echo(f"\n{found.verdict}")
    for line in filter(None, [found.resampling, *found.cautions, found.comparison]):
        console.echo(line)
    console.echo(f"report: {found.folder / 'report.html'}")
    if found.seen:
        console.echo_err(
            "stance: the model was trained on this table, so the scores are optimistic; add --cross-validate"
        )
    if found.overlap:
        console.echo_err(f"stance: {found.overlap}")
    for success in found.passed:
        console.echo(f"gate passed: {success}")
    for failure in found.failures:
        console.echo_err(f"stance: gate failed: {failure}")
    raise typer.Exit(1 if found.failures else 0)
