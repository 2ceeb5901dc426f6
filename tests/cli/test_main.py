"""Main."""

from __future__ import annotations

import os
import subprocess
import sys
from email.message import Message

import pytest

from stance.cli import _issue_page
from tests.conftest import Cli


@pytest.mark.parametrize(
    "arguments", [(), ("predict",), ("train", "a.csv"), ("nothing",), ("predict", "a", "-o", "b", "--jobs", "0")]
)
def test_bad_usage_is_exit_code_2(arguments: tuple[str, ...], cli: Cli) -> None:
    assert cli(*arguments)[0] == 2


def test_help_and_version(cli: Cli) -> None:
    for arguments in (("--help",), ("train", "--help"), ("predict", "--help"), ("evaluate", "--help"), ("--version",)):
        code, output, _ = cli(*arguments)
        assert code == 0
        assert output


def test_help_needs_no_heavy_import() -> None:
    code = "import sys, stance.cli; print([m for m in ('sklearn', 'pandas', 'pyarrow', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_short_help_and_the_command_help(cli: Cli) -> None:
    for name in ("train", "predict", "explain", "evaluate", "export", "check", "agree", "help"):
        shown = cli(name, "--help")[1]
        assert shown.startswith("Usage: ")
        assert cli(name, "-h") == (0, shown, "")
        assert cli("help", name)[1].splitlines()[2:] == shown.splitlines()[2:]
    assert cli("-h") == cli("--help")
    assert cli("help")[1] == cli("-h")[1]
    code, _, errors = cli("help", "nothing")
    assert (code, "no command 'nothing'; there are train, predict" in errors) == (2, True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_the_shell(shell: str) -> None:
    script = "from stance.cli import main; import sys; sys.argv[0] = 'stance'; main()"
    words = {"COMP_WORDS": "stance pre", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "stance pre"}
    words["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **words, "_STANCE_COMPLETE": f"complete_{shell}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "predict" in done.stdout
    assert "train" not in done.stdout


def test_the_issue_page_is_that_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    about = Message()
    monkeypatch.setattr("importlib.metadata.metadata", lambda name: about)
    assert _issue_page() == ""
    about["Project-URL"] = "Repository, https://example.org/a"
    about["Project-URL"] = "Issues, https://example.org/a/issues"
    assert _issue_page() == " at https://example.org/a/issues"
