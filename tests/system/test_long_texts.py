"""Time grows with the length of a text and not faster, whatever it is made of; the numbers stay proper ones."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import stance
from stance.evaluation.baselines import label_by_keywords, label_by_vader
from stance.evaluation.target_swap import Names
from stance.features.lexicon import Lexicon
from stance.features.vocabulary import learn_vocabulary
from stance.heads import BUNDLED
from stance.model.model import Model
from stance.settings import Settings
from stance.strings import is_blank, is_number
from stance.tables.files import open_table

SIZE = int(os.environ.get("STANCE_LONGEST", "800000"))  # bytes of the longer text; `make fuzz` takes ten million
TIMES = 4  # as long as the shorter one
FACTOR = 2.5  # of what it may take beyond that; a loop within a loop takes 4
REST = 0.02  # seconds that a processor may be busy with something else
MEMORY = 1e-8  # seconds more for each byte, such as for giving it
ENOUGH = 0.2  # seconds; what takes less is measured more than twice
LEXICON = Lexicon.bundled()
NUMBERED = " ".join(f"w{number}" for number in range(200_000))
PIECES = {
    "one letter": "a",
    "one capital": "A",
    "words": "so ",
    "different words": NUMBERED,
    "emoji": "\U0001f600",
    "families of emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "quotes": "\"'\u201c",
    "quotes alone": '"',
    "a.b.c.": "a.b.c.",
    "abbreviations": "U.S.",
    "combining marks": "e\u0301\u0301\u0301\u0301",
    "marks alone": "\u0301",
    "links": "https://a.b/c ",
    "one long link": "a://",
    "almost a link": "w.",
    "countries": "China India Russia Pakistan ",
    "countries without blanks": "China.India,Russia!",
    "one country": "China ",
    "hashtags": "#BoycottChina",
    "a hashtag without end": "IndiaChina_",
    "names that begin alike": "North North South ",
    "negators": "not never no ",
    "lists": "\n",
    "blanks": " ",
    "invisible": "\u200b",
    "exclamations": "!?",
    "dotted capitals": "\u0130\u03a3 ",
    "nul": "\0",
    "surrogates": "\ud83d",
    "another script": "\u0939\u0948 ",
    "digits": "1",
    "digits and points": "1.,",
    "kind of": "kind of but least ",
}
STARTS = ("China ",) if SIZE > 1_000_000 else ("", "China ", "1", "#")


@pytest.fixture(scope="module")
def model() -> Model:
    return stance.load()


def text_of(piece: str, start: str, size: int) -> str:
    room = max(1, size // len(piece.encode("utf-8", "surrogatepass")))
    return start + (piece * room)[: max(size, 1) if len(piece) > 1000 else None]


def seconds(work: Callable[[str], object], text: str) -> float:
    took: list[float] = []
    while len(took) < 2 or (len(took) < 5 and sum(took) < ENOUGH):
        start = time.thread_time()
        work(text)
        took.append(time.thread_time() - start)
    return min(took)


def most_after(before: float, size: int) -> float:
    return TIMES * FACTOR * before + REST + MEMORY * size


def assert_linear(work: Callable[[str], object], piece: str, start: str, size: int = SIZE) -> None:
    short, long = text_of(piece, start, size // TIMES), text_of(piece, start, size)
    before = seconds(work, short)
    after = seconds(work, long)
    assert after <= most_after(before, size), f"{len(short):,}: {before:.3f} s, {len(long):,}: {after:.3f} s"


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", PIECES)
def test_scoring_is_linear(name: str, start: str, model: Model) -> None:
    def work(text: str) -> None:
        for proba in model.proba([text], targets=["iran"]).proba.values():
            assert np.isfinite(proba).all()
            np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)

    assert_linear(work, PIECES[name], start)


@pytest.mark.parametrize("name", PIECES)
def test_the_rest_is_linear(name: str) -> None:
    names, settings = Names(LEXICON), Settings(min_df=1)
    tone, china = {"tone": BUNDLED["tone"]}, {"china": BUNDLED["china"]}
    part, some = SIZE // 3, SIZE // 16
    assert_linear(lambda text: (is_number(text), is_blank(text)), PIECES[name], "1", part)
    assert_linear(lambda text: is_number(f"1{text}x"), PIECES[name], "", part)
    assert_linear(lambda text: names.swap(text, "china", "india"), PIECES[name], "", part)
    assert_linear(lambda text: learn_vocabulary([text, "so it goes"], settings), PIECES[name], "", some)
    assert_linear(lambda text: label_by_vader([text], tone, LEXICON), PIECES[name], "", some)
    assert_linear(lambda text: label_by_keywords([text], china, LEXICON), PIECES[name], "", some)


@pytest.mark.parametrize("name", [name for name in PIECES if name not in ("surrogates", "nul")])
def test_reading_a_table_is_linear(name: str, tmp_path: Path) -> None:
    def work(path: str) -> None:
        with open_table(path) as reader:
            assert sum(len(part) for part in reader.batches(1000)) == 1

    longest = SIZE // 2 if '"' in PIECES[name] else SIZE  # a quote is written as two, and a row has a limit
    for kind in ("one cell", "many quotes"):
        paths = []
        for number, size in enumerate((longest // TIMES, longest)):
            text = text_of(PIECES[name], "", size)
            with (tmp_path / f"{number}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, quoting=csv.QUOTE_ALL if kind == "many quotes" else csv.QUOTE_MINIMAL)
                writer.writerows([("text",), (f"x{text}",)])
            paths.append(str(tmp_path / f"{number}.csv"))
        before, after = (seconds(work, path) for path in paths)
        assert after <= most_after(before, longest)


def test_many_short_comments_are_linear(model: Model) -> None:
    short = ["a", "!", "\U0001f600", ""] * (SIZE // 64)
    before = seconds(lambda _: model.proba(short[: len(short) // TIMES]), "")
    after = seconds(lambda _: model.proba(short), "")
    assert after <= most_after(before, SIZE)


def test_there_is_a_test_that_can_fail() -> None:
    with pytest.raises(AssertionError, match="s, "):
        assert_linear(lambda text: [text.count(text[at]) for at in range(0, len(text), 8)], "ab", "", 60_000)
