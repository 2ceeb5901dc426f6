"""The command line: options, help, progress, one-line errors, exit codes."""

from __future__ import annotations

import gc
import io
import os
import sys
import traceback
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from stance.cli import agree, check, console, evaluate, explain, export, predict, process, train
from stance.errors import StanceError
from stance.strings import printable

UsageError = cast("type[Any]", typer.BadParameter.__base__)  # typer keeps it here or there, as its version will
CommandError = cast("type[Any]", UsageError.__base__)
OUT_OF_MEMORY = "out of memory; close other programs, or give --jobs 1"
SHOW_TRACEBACK = "STANCE_TRACEBACK"  # environment variable
ISSUE_PAGES = ("Issues", "Bug Tracker", "Tracker", "Repository", "Homepage")  # of a project, the best first


class Commands(TyperGroup):
    """Commands whose errors come out as they are."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, EOFError, OSError) as error:  # which typer would turn into exit codes of its own
            raise process.Carried(error) from None


app = typer.Typer(
    cls=Commands,
    help="Stance, tone and attitude toward each country in reader comments.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
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

        console.echo(f"stance {__version__}")
        raise typer.Exit


@app.command("help")
def show_help(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[COMMAND]", help="Command to show the help of.")] = None,
) -> None:
    """Show the help of a command, or of the program."""
    parent = cast(Any, context.parent)
    if name is None:
        console.echo(parent.get_help())
        return
    command = parent.command.get_command(parent, name)
    if command is None:
        raise typer.BadParameter(f"no command {name!r}; there are {', '.join(parent.command.commands)}")
    with type(parent)(command, info_name=name, parent=parent) as inner:
        console.echo(command.get_help(inner))


def main() -> None:
    """Run the command line.

    Exit codes: 0 done, 1 a gate failed or a table has errors, 2 bad usage or input, 70 a fault of the program, 130
    stopped with Ctrl-C.
    """
    with process.prepared():
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a label that the terminal cannot show is no fault
        try:
            code = app(standalone_mode=False) or 0
            console.flush()
        except process.Carried as carried:
            code = report(carried.error)
        except Exception as error:
            code = report(error)
        except (KeyboardInterrupt, process.Stopped) as stop:
            code = report(stop)
        process.stop_workers()
    gc.freeze()  # else Python collects garbage once more, in all that was imported, before it ends
    raise SystemExit(code)


def report(error: BaseException) -> int:
    """Print what ended the program, and return its exit code."""
    if isinstance(error, CommandError):
        shown = io.StringIO()
        error.show(shown)  # it repeats what was typed, such as names of files
        console.echo_err(shown.getvalue().rstrip("\n"))
        return int(error.exit_code)
    lines, code = _describe(error)
    for line in [*lines, *getattr(error, "__notes__", ())]:
        console.echo_err(f"stance: {line}")
    return code


def _describe(error: BaseException) -> tuple[list[str], int]:
    if isinstance(error, (KeyboardInterrupt, process.Stopped, typer.Abort)):
        return ["stopped"], getattr(error, "exit_code", console.EXIT_INTERRUPTED)
    if isinstance(error, StanceError):
        return str(error).split("\n"), 2
    if isinstance(error, MemoryError):
        return [OUT_OF_MEMORY], 2
    if isinstance(error, OSError) and error.strerror:  # of files, disks and streams, not of this program
        where = "" if error.filename is None else f"{printable(os.fsdecode(error.filename))}: "
        return [f"{where}{error.strerror}"], 2
    return _fault(error), process.EXIT_FAULT


def _fault(error: BaseException) -> list[str]:
    """Describe a fault of this program, which may show parts of comments only to those who ask for it."""
    if os.environ.get(SHOW_TRACEBACK):
        return "".join(traceback.format_exception(error)).rstrip("\n").split("\n")
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__} in {os.path.basename(place.filename)}, line {place.lineno}"
    how = f"run it again with {SHOW_TRACEBACK}=1 set, and report what it prints{_issue_page()}, with `stance --version`"
    return [f"a fault of the program ({where}); {how}"]


def _issue_page() -> str:
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = dict(line.split(", ", 1) for line in metadata("stance").get_all("Project-URL") or ())
    except PackageNotFoundError:
        return ""
    return next((f" at {urls[page]}" for page in ISSUE_PAGES if page in urls), "")
