"""Explain."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import stance
from stance.cli import console
from stance.cli import explain as command
from tests.conftest import Cli
from tests.helpers.terminal import shown_on_terminal

SHOWN = """\
mood: good #, next bad #
  [-they-] [--lie,--] but [++thank++] [++you++]
    -#  lie
    -#  (intercept)
    +#  and 48 smaller ones
     #  log-odds: good is # times as likely as bad

"""


def test_what_is_shown_of_a_comment(model_folder: Path, cli: Cli) -> None:
    code, output, errors = cli(
        "explain", "they lie, but thank you", "--model", model_folder, "--head", "mood", "--top", "2"
    )
    assert (code, errors) == (0, "")
    assert re.sub(r"\d+\.\d+", "#", output) == SHOWN
    numbers = [float(line.split()[0]) for line in output.splitlines()[2:-1]]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.002)


def test_a_bundled_comment_is_explained_under_all_heads(cli: Cli) -> None:
    code, output, _ = cli("explain", "China is a true friend, but the US lies and lies")
    assert code == 0
    blocks = output.strip().split("\n\n")
    assert [block.split(":")[0] for block in blocks] == list(stance.load().labels)
    for block in blocks:
        numbers = [float(line.split()[0]) for line in block.splitlines()[2:]]
        assert len(numbers) == 10
        assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.006)
        assert re.search(r"log-odds: (\w+) is [\d.]+ times as likely as (\w+)$", block)
    assert "\x1b" not in output


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "empty: no visible characters, so it gets no label"),
        (" \u200b", "empty: no visible characters, so it gets no label"),
        (
            "भारत महान है",
            "unsupported_script: most of its letters were rare in training, so it gets no label",
        ),
        ("rcb rwb", "no_known_words: none of its words or character n-grams was seen in training, so it gets no label"),
    ],
)
def test_a_comment_without_a_label(text: str, line: str, model_folder: Path, cli: Cli) -> None:
    assert cli("explain", text, "--model", model_folder) == (0, f"{line}\n", "")


def test_explain_refuses_what_is_not_there(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    code, _, errors = cli("explain", "so", "--model", model_folder, "--head", "mood,tone")
    assert (code, errors) == (2, "stance: no head 'tone'; the model has mood, port\n")
    code, _, errors = cli("explain", "so", "--model", model_folder, "--lexicon", tmp_path / "no.csv")
    assert (code, "the lexicon cannot be read" in errors) == (2, True)
    assert cli("explain", "so", "--model", model_folder, "--top", "0")[0] == 2


def piped(given: bytes, model_folder: Path) -> str:
    order = [sys.executable, "-m", "stance", "explain", "-", "--model", str(model_folder), "--head", "mood"]
    return subprocess.run(order, input=given, capture_output=True, check=True).stdout.decode()


def test_standard_input_is_one_comment(model_folder: Path, cli: Cli) -> None:
    output = cli("explain", "they lie\nand lie", "--model", model_folder, "--head", "mood")[1]
    assert piped(b"they lie\nand lie\r\n", model_folder) == output
    assert output.splitlines()[2].startswith("  ")
    assert "thank\\udcff" in piped(b"thank\xff you", model_folder)


def on_a_terminal(text: str, model_folder: Path, **variables: str) -> str:
    order = [sys.executable, "-m", "stance", "explain", text, "--model", str(model_folder), "--head", "mood"]
    known = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return shown_on_terminal("stdout", order, env={**known, "TERM": "xterm", **variables})


def test_a_terminal_shows_colours_unless_told_not_to(model_folder: Path) -> None:
    text = "they lie, but thank you\x1b[2J"
    shown = on_a_terminal(text, model_folder)
    assert {*re.findall(r"\x1b\[[\d;]*m", shown)} <= {start for start, _ in console.COLORS.values()} | {"\x1b[0m"}
    assert "\x1b[1;92mthank\x1b[0m" in shown
    assert "\x1b[2J" not in shown
    assert "\\x1b[2J" in shown
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = on_a_terminal(text, model_folder, **variables)
        assert "\x1b" not in plain
        assert "[++thank++]" in plain


@pytest.mark.parametrize(
    ("weight", "level"), [(4, 2), (2, 2), (1.9, 1), (0.5, 1), (0.4, 0), (0, 0), (-0.4, 0), (-1, -1), (-4, -2)]
)
def test_levels_of_marks(weight: float, level: int) -> None:
    assert command.level(weight, 4.0) == level


def test_odds_in_words() -> None:
    assert [command.times(odds) for odds in (0.0, np.log(6.2), np.log(12345), 50)] == [
        "1.0",
        "6.2",
        "12,345.0",
        "5e+21",
    ]
