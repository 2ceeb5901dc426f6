"""`stance agree`."""

from __future__ import annotations

from typing import Annotated

import typer

from stance.cli import console
from stance.cli.options import Delimiter, Encoding, table_options


def command(
    annotations: Annotated[
        str, typer.Argument(help="Table with columns id, pass, head, label: a row for each reading.")
    ],
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="Table to write: each item on which the annotators differ.")
    ] = None,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
) -> None:
    """Measure how far annotators agree: Krippendorff's alpha, Cohen's kappa of each two, agreement on each label."""
    from stance.tables.paths import check_not_same_file
    from stance.workflow import agree

    if sheet is not None:
        check_not_same_file([annotations], sheet)
    agreed = agree.agree(annotations, table_options("", encoding, delimiter))
    heads = agreed.heads
    console.show_table(
        {
            "head": list(heads),
            "items": [f"{found.items:,}" for found in heads.values()],
            "readings": [f"{found.readings:,}" for found in heads.values()],
            "all agree": [_percent(found.items - len(found.disagreements), found.items) for found in heads.values()],
            "Krippendorff's alpha": [_figure(found.alpha) for found in heads.values()],
        }
    )
    pairs = sorted({pair for found in heads.values() for pair in found.kappas})
    if pairs:
        kappas = {" / ".join(pair): [_figure(found.kappas.get(pair)) for found in heads.values()] for pair in pairs}
        console.echo("\nCohen's kappa of each two annotators")
        console.show_table({"head": list(heads), **kappas})
    console.echo("\nwhere one annotator gave the label, the chance that another did too")
    labels = [(head, label, f"{share:.3f}") for head, found in heads.items() for label, share in found.labels.items()]
    console.show_table({"head": [row[0] for row in labels], **_columns(labels)})
    if sheet is not None:
        agree.write_sheet(agreed, sheet)
        console.echo(f"\n{agreed.sheet.num_rows:,} disagreements written to {sheet}")


def _columns(labels: list[tuple[str, str, str]]) -> dict[str, list[str]]:
    return {"label": [row[1] for row in labels], "agreement": [row[2] for row in labels]}


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "undefined"
