"""The command line: options, help, progress, one-line errors, exit codes."""

from __future__ import annotations

import gc
import io
import sys
from typing import Any, cast

import typer

from stance.cli import agree, check, console, evaluate, explain, export, predict, train
from stance.errors import StanceError

UsageError = cast("type[Any]", typer.BadParameter.__base__)  # typer keeps it here or there, as its version will
OUT_OF_MEMORY = "out of memory; close other programs, or give --jobs 1"
app = typer.Typer(
    help="Stance, tone and attitude toward each country in reader comments.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("train")(train.command)
app.command("predict")(predict.command)
app.command("explain")(explain.command)
app.command("evaluate")(evaluate.command)
app.command("export")(export.command)
app.command("check")(check.command)
app.command("agree")(agree.command)


@app.callback(invoke_without_command=True)
def version(show: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    """Stance, tone and attitude toward each country in reader comments."""
    if show:
        from stance import __version__

        sys.stdout.write(f"stance {__version__}\n")
        raise typer.Exit


def main() -> None:
    """Run the command line; exit with 0 (done), 1 (a gate failed) or 2 (bad usage or input)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a label that the terminal cannot show is no fault
    try:
        code = app(standalone_mode=False)
    except (StanceError, MemoryError) as error:
        message = str(error) if isinstance(error, StanceError) else OUT_OF_MEMORY
        for line in [*message.split("\n"), *getattr(error, "__notes__", ())]:
            console.echo_err(f"stance: {line}")
        code = 2
    except UsageError as error:
        shown = io.StringIO()
        error.show(shown)  # it repeats what was typed, such as names of files
        console.echo_err(shown.getvalue().rstrip("\n"))
        code = error.exit_code
    except typer.Abort:
        console.echo_err("stance: stopped")
        code = 1
    gc.freeze()  # else Python collects garbage once more, in all that was imported, before it ends
    raise SystemExit(code or 0)
