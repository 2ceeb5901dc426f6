"""How fast features, scoring, whole tables and training go, beside scikit-learn, fastText and VADER.

Usage: python benchmarks/speed.py [--rows 100000] [--table-rows 400000] [--sizes 10000,200000,2000000] [--repeats 5]
           [--all-heads] [--data datasets/comments.csv] [--out benchmarks/RESULTS.md]

The comments are the bundled ones, resampled and joined to 30 words. Rates are medians over repeats that take turns, so
that a noisy machine troubles all alike; what counts are the ratios. Training is measured once, with scikit-learn on one
head unless --all-heads is given. `make bench` installs what it needs and runs it.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

import stance
from benchmarks.clock import finished, in_turn, timed
from benchmarks.peers import BIGRAMS, SUBWORDS, fasttext_models, predicting
from benchmarks.tables import end_to_end, evaluating, explaining, growth
from benchmarks.training import tfidf, training
from stance.features.vectorizer import Vectorizer
from stance.model.model import Model
from stance.model.sklearn_export import to_pipeline
from stance.settings import Settings
from stance.tables.files import read_table

WORDS = 30  # of a comment: what the rates of others are given for
ALL_CORES, ONE_CORE = "stance, all cores", "stance, one core"
NGRAMS, NGRAMS_ONE_CORE = "stance, n-grams alone, all cores", "stance, n-grams alone, one core"
BASE = "scikit-learn (one core)"
SLOW = 4_000  # rows for what takes a second for them
STANCE = [sys.executable, "-m", "stance"]
OPENING = """
import time, stance.persistence
for _ in range(2):
    start = time.perf_counter()
    stance.load()
    print(time.perf_counter() - start)
"""  # the import first, since it is no part of opening a model


def main() -> None:
    """Measure, write the results."""
    options = given()
    table = read_table(options.data).table
    texts, labels = table["text"].to_pylist(), table["stance"].to_pylist()
    comments = joined(texts, options.rows)
    with tempfile.TemporaryDirectory() as folder:
        peers = fasttext_models(texts, labels, folder)
        rates = in_memory(comments, peers, options.repeats)
        lines = [*rate_table("Scoring in memory", rates), "", ratios(rates)]
        lines += rate_table(f"`fit_transform` of the {len(texts):,} bundled comments", fitting(texts, options.repeats))
        label, rate = predicting(peers[SUBWORDS]), rates[ALL_CORES]
        lines += end_to_end(comments, options.table_rows, label, folder, rate, options.repeats)
        lines += explaining(comments, folder, options.rows, options.repeats)
        lines += growth(comments, folder, options.sizes)
        lines += evaluating(table, folder, 2 * options.rows, options.rows // 5)
        lines += training(options.data, folder, options.all_heads)
    lines += start_up(options.repeats)
    text = "\n".join([*heading(), *lines]) + "\n"
    print(text)
    Path(options.out).write_text(text, "utf-8")


def given() -> argparse.Namespace:
    """Read the options.

    Returns
    -------
    argparse.Namespace
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--table-rows", type=int, default=400_000)
    parser.add_argument("--sizes", type=lambda numbers: [*map(int, numbers.split(","))], default="10000,200000,2000000")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--all-heads", action="store_true")
    parser.add_argument("--data", default="datasets/comments.csv")
    parser.add_argument("--out", default="benchmarks/RESULTS.md")
    return parser.parse_args()


def heading() -> list[str]:
    """Say when, where and with what the run was made."""
    names = ("stance", "scikit-learn", "numba", "numpy", "fasttext", "vaderSentiment")
    model = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[:1]
    return [
        "# Speed",
        "",
        "Written by `make bench`. Comments of 30 words; seven heads, 22 labels, for ours and scikit-learn's; one head",
        "for fastText. Compare within this page only: machines differ, ratios less.",
        "",
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores of {' '.join(model) or platform.processor()}, "
        f"Python {platform.python_version()}; " + ", ".join(f"{name} {version(name)}" for name in names) + ".",
    ]


def joined(texts: list[str], rows: int) -> list[str]:
    """Resample comments and join them to 30 words each.

    Parameters
    ----------
    texts : list of str
    rows : int

    Returns
    -------
    list of str
    """
    rng = np.random.default_rng(0)
    made = []
    for _ in range(rows):
        words: list[str] = []
        while len(words) < WORDS:
            words += texts[rng.integers(len(texts))].split()
        made.append(" ".join(words[:WORDS]))
    return made


def rate_table(title: str, rates: dict[str, float]) -> list[str]:
    """Show rates beside scikit-learn's.

    Parameters
    ----------
    title : str
    rates : dict of str to float
        Rows per second.

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    rows = [f"| {name} | {rate:,.0f} | {rate / rates[BASE]:.1f} |" for name, rate in rates.items()]
    return ["", f"## {title}", "", "| | rows/s | times scikit-learn |", "|---|--:|--:|", *rows]


def ratios(rates: dict[str, float]) -> str:
    """Say how many times as fast as others all cores are.

    Parameters
    ----------
    rates : dict of str to float
        Rows per second.

    Returns
    -------
    str
    """
    lines = []
    for name, cores, core in (
        ("N-grams alone", NGRAMS, NGRAMS_ONE_CORE),
        ("The whole model", ALL_CORES, ONE_CORE),
    ):
        one, scikit, subwords, bigrams = (rates[cores] / rates[peer] for peer in (core, BASE, SUBWORDS, BIGRAMS))
        lines.append(
            f"{name}: all cores are {one:.1f} times one core, {scikit:.1f} times scikit-learn, {subwords:.1f} times "
            f"fastText with subwords, {bigrams:.1f} times fastText with word bigrams."
        )
    return " ".join([*lines, "Others score on one core; scikit-learn's pipeline has the n-grams and their weights."])


def in_memory(comments: list[str], peers: dict[str, Any], repeats: int) -> dict[str, float]:
    """Rate scoring in memory.

    Parameters
    ----------
    comments : list of str
    peers : dict
        fastText models by name.
    repeats : int

    Returns
    -------
    dict of str to float
        Rows per second.
    """
    model, vader = stance.load(), SentimentIntensityAnalyzer()
    ngrams = without_attitudes(model)
    ways: dict[str, tuple[int, Callable[[list[str]], object]]] = {
        ALL_CORES: (len(comments), lambda texts: model.proba(texts, -1)),
        ONE_CORE: (len(comments), lambda texts: model.proba(texts, 1)),
        NGRAMS: (len(comments), lambda texts: ngrams.proba(texts, -1)),
        NGRAMS_ONE_CORE: (len(comments), lambda texts: ngrams.proba(texts, 1)),
        BASE: (SLOW, to_pipeline(ngrams).predict_proba),
        **{name: (len(comments), predicting(peer)) for name, peer in peers.items()},
        "VADER": (SLOW, lambda texts: [vader.polarity_scores(text) for text in texts]),
    }
    return in_turn({name: timed(way, comments[:rows]) for name, (rows, way) in ways.items()}, repeats)


def without_attitudes(model: Model) -> Model:
    """Leave of a model what scikit-learn has too: the n-grams of each head.

    Parameters
    ----------
    model : Model

    Returns
    -------
    Model
    """
    heads = {head: replace(each, stacked_weights=None, uses_tone=False) for head, each in model.classifiers.items()}
    return Model(model.features, heads)


def fitting(texts: list[str], repeats: int) -> dict[str, float]:
    """Rate learning the vocabulary and making the matrix.

    Parameters
    ----------
    texts : list of str
    repeats : int

    Returns
    -------
    dict of str to float
        Rows per second.
    """
    ways = {
        "stance": timed(lambda known: Vectorizer(threads=-1).fit_transform(known), texts),
        BASE: timed(lambda known: tfidf(Settings()).fit_transform(known), texts),
    }
    return in_turn(ways, repeats)


def start_up(repeats: int) -> list[str]:
    """Time what a person waits for before the first row.

    Parameters
    ----------
    repeats : int

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    with tempfile.TemporaryDirectory() as folder:
        ten = Path(folder) / "ten.csv"
        ten.write_text("text\n" + "they said it and they will say it again\n" * 10)
        predict = [*STANCE, "predict", str(ten), "-o", f"{folder}/out.csv"]
        firsts = [first_run(predict) for _ in range(repeats)]
        found = in_turn(
            {"help": lambda: finished([*STANCE, "--help"])[0], "ten": lambda: finished(predict)[0]}, repeats
        )
    seconds, told = statistics.median(each for each, _ in firsts), all(said for _, said in firsts)
    once, again = (1000 * statistics.median(each) for each in zip(*(opening() for _ in range(repeats)), strict=True))
    return [
        *("", "## Start-up", "", "| | time |", "|---|--:|"),
        f"| `stance predict` on ten rows, first run ever, compiling | {seconds:.1f} s |",
        f"| `stance predict` on ten rows, later | {found['ten']:.2f} s |",
        f"| `stance --help` | {found['help']:.2f} s |",
        f"| opening the default model in a new process, after the imports | {once:.0f} ms |",
        f"| opening it again in the same process | {again:.0f} ms |",
        "",
        f"The first run {'says' if told else 'does not say'} that it compiles. Numba loads the compiled loops, and "
        f"what it needs for them, when the first text is scored. {default_model()}",
    ]


def first_run(command: list[str]) -> tuple[float, bool]:
    """Run a command as if nothing had been compiled on this machine.

    Parameters
    ----------
    command : list of str

    Returns
    -------
    seconds : float
    told : bool
        Whether it said that it compiles.
    """
    with tempfile.TemporaryDirectory() as empty:
        seconds, done = finished(command, NUMBA_CACHE_DIR=empty)
    return seconds, "compiling" in done.stderr


def opening() -> tuple[float, float]:
    """Open the default model twice in a process of its own.

    Returns
    -------
    once, again : float
        Seconds, as timed within the process.
    """
    once, again = finished([sys.executable, "-c", OPENING])[1].stdout.split()
    return float(once), float(again)


def default_model() -> str:
    """Say how large the default model is.

    Returns
    -------
    str
    """
    size = sum(path.stat().st_size for path in Path("models/default").iterdir()) / 1e6
    return f"The default model has {len(stance.load().features):,} features and takes {size:.1f} MB."


if __name__ == "__main__":
    main()
