"""Main."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
