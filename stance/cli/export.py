"""`stance export`."""

from __future__ import annotations

from typing import Annotated

import typer

from stance.cli import console
from stance.cli.options import ModelPath


def command(
    out: Annotated[str, typer.Argument(help="File to write, such as model.joblib.")],
    model: ModelPath = None,
    head: Annotated[str | None, typer.Option("--head", help="Only this head, as a plain classifier.")] = None,
) -> None:
    """Write the model as an ordinary fitted scikit-learn Pipeline.

    Opening such a file with joblib can run code, opening a model folder cannot: pass on the folder.
    """
    from stance.workflow import export

    export.export(out, model=model, head=head)
    console.echo(f"pipeline written to {out}")
