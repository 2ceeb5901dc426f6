"""`stance agree`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from stance.cli import console
from stance.cli.options import Delimiter, Encoding, table_options

if TYPE_CHECKING:
    from stance.evaluation.agreement import Agreement


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
    """Measure how far annotators agree: Krippendorff's alpha, Cohen's kappa of each pair, agreement on each label."""
    from stance.tables.paths import check_not_same_file
    from stance.workflow import agree

    if sheet is None:
        console.check_output()
    else:
        check_not_same_file([annotations], sheet)
    agreed = agree.agree(annotations, table_options("", encoding, delimiter))
    show_alpha(agreed.heads)
    show_kappas(agreed.heads)
    show_labels(agreed.heads)
    for head, found in agreed.heads.items():
        if found.undefined:
            console.echo(f"{head}: agreement is undefined: {found.undefined}")
    if sheet is not None:
        agree.write_sheet(agreed, sheet)
        console.echo(f"\n{agreed.sheet.num_rows:,} disagreements written to {sheet}")


def show_alpha(heads: Mapping[str, Agreement]) -> None:
    """Print items, readings and Krippendorff's alpha of each head."""
    items = [found.items for found in heads.values()]
    console.show_table(
        {
            "head": list(heads),
            "items": [f"{n:,}" for n in items],
            "readings": [f"{found.readings:,}" for found in heads.values()],
            "all agree": [_percent(found.items - len(found.disagreements), found.items) for found in heads.values()],
            "Krippendorff's alpha": [_figure(found.alpha) for found in heads.values()],
        }
    )


def show_kappas(heads: Mapping[str, Agreement]) -> None:
    """Print Cohen's kappa of each pair of annotators, if there is one."""
    pairs = sorted({pair for found in heads.values() for pair in found.kappas})
    if pairs:
        kappas = {" / ".join(pair): [_kappa(found, pair) for found in heads.values()] for pair in pairs}
        console.echo("\nCohen's kappa of each pair of annotators (items that both labelled)")
        console.show_table({"head": list(heads), **kappas})


def show_labels(heads: Mapping[str, Agreement]) -> None:
    """Print for each label the chance that a second annotator gave it too."""
    rows = [(head, label, f"{share:.3f}") for head, found in heads.items() for label, share in found.labels.items()]
    console.echo("\nwhere one annotator gave the label, the chance that another did too")
    names, labels, shares = zip(*rows, strict=True) if rows else ((), (), ())
    console.show_table({"head": names, "label": labels, "agreement": shares})


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _kappa(found: Agreement, pair: tuple[str, str]) -> str:
    return f"{_figure(found.kappas.get(pair))} ({found.shared.get(pair, 0):,})"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "undefined"
