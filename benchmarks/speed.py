"""How fast features, scoring and whole tables go, beside scikit-learn, fastText and VADER, all measured in one run.

Usage: python benchmarks/speed.py [--rows 100000] [--table-rows 400000] [--repeats 5] [--out benchmarks/RESULTS.md]

The comments are the bundled ones, resampled and joined to 30 words. Rates are medians over repeats that take turns, so
that a noisy machine troubles all alike; what counts are the ratios. `make bench` installs what it needs and runs it.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fasttext
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

import stance
from stance.comments import read_table
from stance.model import Model
from stance.pipeline import to_pipeline
from stance.vectorizer import Vectorizer

WORDS = 30  # of a comment: what the rates of others are given for
ALL_CORES, BASE = "stance, all cores", "scikit-learn (one core)"
SLOW = 4_000  # rows for what takes a second for them


def main() -> None:
    """Read the options, measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--table-rows", type=int, default=400_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", default="benchmarks/RESULTS.md")
    options = parser.parse_args()
    table, _ = read_table("datasets/comments.csv")
    texts, labels = table["text"].to_pylist(), table["stance"].to_pylist()
    comments = joined(texts, options.rows)
    with tempfile.TemporaryDirectory() as folder:
        peers = fasttext_models(texts, labels, folder)
        rates = in_memory(comments, peers, options.repeats)
        lines = rate_table("Scoring in memory", rates)
        lines += rate_table(f"`fit_transform` of the {len(texts):,} bundled comments", fitting(texts, options.repeats))
        lines += end_to_end(comments, options.table_rows, peers["fastText, subwords 2-5"], folder, rates[ALL_CORES])
    lines += start_up(options.repeats)
    text = "\n".join([*heading(), *lines]) + "\n"
    print(text)
    Path(options.out).write_text(text, "utf-8")


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


def fasttext_models(texts: list[str], labels: list[str], folder: str) -> dict[str, Any]:
    """Train fastText on the same rows: with word bigrams, and with pieces of words.

    Parameters
    ----------
    texts, labels : list of str
    folder : str
        For its training file.

    Returns
    -------
    dict of str to fasttext model
    """
    path = Path(folder) / "fasttext.txt"
    rows = (f"__label__{label} {' '.join(text.split())}\n" for text, label in zip(texts, labels, strict=True))
    path.write_text("".join(rows), "utf-8")
    shared = {"input": str(path), "wordNgrams": 2, "epoch": 5, "verbose": 0, "thread": 2}
    return {
        "fastText, word bigrams": fasttext.train_supervised(**shared),
        "fastText, subwords 2-5": fasttext.train_supervised(**shared, minn=2, maxn=5),
    }


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
    pipeline = to_pipeline(model)
    ways: dict[str, tuple[int, Callable[[list[str]], object]]] = {
        ALL_CORES: (len(comments), lambda texts: model.proba(texts, -1)),
        "stance, one core": (len(comments), lambda texts: model.proba(texts, 1)),
        BASE: (SLOW, pipeline.predict_proba),
        **{name: (len(comments), predicting(peer)) for name, peer in peers.items()},
        "VADER": (SLOW, lambda texts: [vader.polarity_scores(text) for text in texts]),
    }
    return in_turn({name: timed(way, comments[:rows]) for name, (rows, way) in ways.items()}, repeats)


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

    def theirs(known: list[str]) -> object:
        parts = (("word", (1, 2)), ("char_wb", (2, 5)))
        made = [(kind, TfidfVectorizer(analyzer=kind, ngram_range=n, min_df=3, sublinear_tf=True)) for kind, n in parts]
        return FeatureUnion(made).fit_transform(known)

    ways = {
        "stance": timed(lambda known: Vectorizer(threads=-1).fit_transform(known), texts),
        BASE: timed(theirs, texts),
    }
    return in_turn(ways, repeats)


def end_to_end(comments: list[str], rows: int, peer: Any, folder: str, in_memory_rate: float) -> list[str]:
    """Rate a CSV in, a CSV out.

    Parameters
    ----------
    comments : list of str
    rows : int
        Of the table; the comments are repeated.
    peer : fasttext model
    folder : str
        For the tables.
    in_memory_rate : float
        Rows per second.

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    source, result = f"{folder}/in.csv", f"{folder}/out.csv"
    write_table(source, comments, rows)
    seconds, megabytes = predicting_a_table(source, result)
    ours = rows / seconds
    start = time.perf_counter()
    with open(source, encoding="utf-8", newline="") as file, open(result, "w", encoding="utf-8", newline="") as out:
        reader, writer = csv.DictReader(file), csv.writer(out)
        table = list(reader)
        for row, (label, chance) in zip(table, predicting(peer)([row["text"] for row in table]), strict=True):
            writer.writerow([*row.values(), label, chance])
    theirs = rows / (time.perf_counter() - start)
    return [
        "",
        f"## A CSV of {rows:,} rows in, a CSV with all probabilities out",
        "",
        "| | rows/s |",
        "|---|--:|",
        f"| stance, start-up included | {ours:,.0f} |",
        f"| fastText, subwords 2-5, one label | {theirs:,.0f} |",
        "",
        f"{ours / in_memory_rate:.0%} of the rate in memory, {ours / theirs:.1f} times fastText; "
        f"peak memory {megabytes:,.0f} MB.",
    ]


def growth(comments: list[str], folder: str, sizes: Sequence[int] = (10_000, 200_000, 2_000_000)) -> list[str]:
    """Rate tables of growing length, and weigh the process that scores them.

    Parameters
    ----------
    comments : list of str
        Repeated as often as needed.
    folder : str
        For the tables.
    sizes : sequence of int
        Numbers of rows.

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    source, result = f"{folder}/grown.csv", f"{folder}/scored.csv"
    lines = ["", "## Growth of the table", "", "| rows | rows/s, start-up included | peak MB |", "|--:|--:|--:|"]
    for rows in sizes:
        write_table(source, comments, rows)
        seconds, megabytes = predicting_a_table(source, result)
        lines.append(f"| {rows:,} | {rows / seconds:,.0f} | {megabytes:,.0f} |")
    return lines


def write_table(path: str, comments: list[str], rows: int) -> None:
    """Write a CSV with three columns beside the text.

    Parameters
    ----------
    path : str
    comments : list of str
        Repeated as often as needed.
    rows : int
    """
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "author", "likes", "text"])
        writer.writerows([row, f"reader {row % 977}", row % 13, comments[row % len(comments)]] for row in range(rows))


def predicting_a_table(source: str, result: str) -> tuple[float, float]:
    """Score a table with all probabilities, in a process of its own.

    Parameters
    ----------
    source, result : str
        Paths.

    Returns
    -------
    seconds : float
        Start-up included.
    megabytes : float
        Peak memory.
    """
    command = [sys.executable, "-m", "stance", "predict", source, "-o", result, "--probabilities"]
    start = time.perf_counter()
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True, check=True)
    return time.perf_counter() - start, int(done.stderr.splitlines()[-1]) / 1024


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
        commands = {
            "`stance --help`": ["--help"],
            "`stance predict` on ten rows": ["predict", str(ten), "-o", f"{folder}/out.csv"],
        }
        seconds = {
            name: statistics.median(seconds_of([sys.executable, "-m", "stance", *command]) for _ in range(repeats))
            for name, command in commands.items()
        }
    start = time.perf_counter()
    loaded: Model = stance.load()
    seconds["opening the default model"] = time.perf_counter() - start
    rows = [f"| {name} | {value:.2f} |" for name, value in seconds.items()]
    size = sum(path.stat().st_size for path in Path("models/default").iterdir()) / 1e6
    about = f"The default model has {len(loaded.features):,} features and takes {size:.1f} MB."
    return ["", "## Start-up", "", "| | seconds |", "|---|--:|", *rows, "", about]


def predicting(peer: Any) -> Callable[[list[str]], list[tuple[str, float]]]:
    """Make a function that labels texts with a fastText model, row by row as its users do.

    Parameters
    ----------
    peer : fasttext model

    Returns
    -------
    callable
    """

    def predict(texts: list[str]) -> list[tuple[str, float]]:
        said = (
            peer.f.predict(f"{text}\n", 1, 0.0, "strict")[0] for text in texts
        )  # its NumPy wrapper fails on NumPy 2
        return [(label, chance) for chance, label in said]

    return predict


def timed(way: Callable[[list[str]], object], texts: list[str]) -> Callable[[], float]:
    """Make a function that gives the rate of a way, in rows per second.

    Parameters
    ----------
    way : callable
    texts : list of str

    Returns
    -------
    callable
    """

    def rate() -> float:
        start = time.perf_counter()
        way(texts)
        return len(texts) / (time.perf_counter() - start)

    way(texts[:100])
    return rate


def in_turn(ways: dict[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """Measure ways one after the other, repeatedly.

    Parameters
    ----------
    ways : dict of str to callable
    repeats : int

    Returns
    -------
    dict of str to float
        The median of each.
    """
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            found[name].append(way())
    return {name: statistics.median(rates) for name, rates in found.items()}


def seconds_of(command: list[str]) -> float:
    """Time a command.

    Parameters
    ----------
    command : list of str

    Returns
    -------
    float
    """
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
