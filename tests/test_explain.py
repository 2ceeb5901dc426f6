"""One comment explained: words that add up, parts that add up, and what a terminal is shown."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import stance
from stance.cli import console
from stance.cli import explain as command
from stance.errors import OptionError
from stance.explanation import explain
from stance.model import Model
from stance.reasons import LIMIT, ngram_names, reasons
from stance.settings import Settings
from stance.shares import Shares
from stance.stacking import fit
from tests.conftest import Cli
from tests.test_attitudes import HEADS, STRENGTHS, TEXTS, UNSEEN

ODD = "İstanbul: ΑΣ\u2003said that\tIndia lies; the U.S. of A!\nMODI... 🙂\x1b[31m no \ud83d \u202e"


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(TEXTS, HEADS, STRENGTHS, Settings(min_df=2), hearing=["mood"]).heated({"us": 1.3, "india": 1, "mood": 2})


@pytest.mark.parametrize("text", [*UNSEEN, ODD.replace("\n", " "), "x" * 300, "India " * 50, "a b c d, e."])
def test_words_share_what_stands_in_them(text: str, model: Model) -> None:
    assert model.attitudes is not None
    shares, standing = Shares(model, text), {*ngram_names(model), *model.attitudes.names}
    for head in HEADS:
        [parts] = reasons(model, [text], head, model.labels[head][1], model.labels[head][0])
        expected = sum(weight for name, weight in parts if name in standing)
        assert shares.of(head, 1, 0).sum() == pytest.approx(expected, abs=1e-6)
    assert [text[low:high] for low, high in shares.spans] == text.split()


def test_a_word_gets_what_it_adds(model: Model) -> None:
    text = "yesterday they cheat, but thank you"
    shares = Shares(model, text).of("mood", model.labels["mood"].index("glad"), model.labels["mood"].index("cross"))
    words = dict(zip(text.split(), shares.tolist(), strict=True))
    assert words["thank"] > 0 > words["cheat,"]
    assert min(words["thank"], -words["cheat,"]) > abs(words["yesterday"])


def test_a_name_of_two_words_and_its_neighbours_get_what_is_said_of_it(model: Model) -> None:
    text = "we trust the United States of America"
    words = dict(zip(text.split(), Shares(model, text).of("us", 1, 0).tolist(), strict=True))
    assert words["trust"] > 0
    assert words["United"] != 0 != words["States"]


def test_the_attitude_is_taken_apart_as_far_as_it_goes(model: Model) -> None:
    assert model.attitudes is not None
    loud = replace(model.attitudes, numbers=model.attitudes.numbers * 40)
    texts = ["India lies and steals, what a shame", "thank you India, a true friend"]
    for each, limited in ((model, False), (Model(model.features, model.classifiers, loud), True)):
        proba = each.proba(texts).proba["india"]
        for row, parts in zip(proba, reasons(each, texts, "india", "favor", "none"), strict=True):
            found = dict(parts)
            assert len(found) == len(parts)
            assert (LIMIT in found) == limited
            assert {"(where india is named)", "names india"} <= found.keys()
            assert not any("by its words" in name for name in found)
            assert sum(found.values()) == pytest.approx(np.log(row[1] / row[2]), abs=1e-6)
    assert "T lies" in dict(reasons(model, texts, "india", "favor", "none")[0])


def test_a_target_that_is_not_named_is_no_part(model: Model) -> None:
    [parts] = reasons(model, ["a good day"], "india")
    assert not any("india" in name.lower() for name, _ in parts)


def test_decisions_are_those_of_the_model(model: Model) -> None:
    found = explain(model, TEXTS[0])
    assert [decision.head for decision in found.decisions] == list(HEADS)
    proba = model.proba([TEXTS[0]]).proba
    for decision in found.decisions:
        assert [decision.confidence, decision.other_confidence] == sorted(proba[decision.head][0])[:0:-1]
        assert decision.log_odds == pytest.approx(np.log(decision.confidence / decision.other_confidence), abs=1e-6)
        assert len(decision.words) == len(found.spans)
    assert [decision.head for decision in explain(model, TEXTS[0], ["mood", "us"]).decisions] == ["mood", "us"]
    with pytest.raises(OptionError, match="no head 'tone'; the model has us, india, mood"):
        explain(model, "so", ["us", "tone"])


SHOWN = """\
mood: good #, next bad #
  [-they-] [--lie,--] but [++thank++] [++you++]
    -#  lie
    -#  (to begin with)
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
        ("", "empty: nothing to be seen in it, so it gets no label"),
        (" \u200b", "empty: nothing to be seen in it, so it gets no label"),
        (
            "भारत महान है",
            "unsupported_script: most of its letters were hardly ever seen in training, so it gets no label",
        ),
        ("rcb rwb", "no_known_words: none of its words, or pieces of words, was seen in training, so it gets no label"),
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
    ours, theirs = pty.openpty()
    order = [sys.executable, "-m", "stance", "explain", text, "--model", str(model_folder), "--head", "mood"]
    known = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run(order, stdout=theirs, check=True, env={**known, "TERM": "xterm", **variables})
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # Linux says so at the end of a closed terminal
        pass
    os.close(ours)
    return shown.decode()


def test_a_terminal_shows_colours_unless_told_not_to(model_folder: Path) -> None:
    text = "they lie, but thank you\x1b[2J"
    shown = on_a_terminal(text, model_folder)
    assert {*re.findall(r"\x1b\[[\d;]*m", shown)} <= {start for start, _ in console.COLOURS.values()} | {"\x1b[0m"}
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
