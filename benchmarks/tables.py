"""Whole tables: a CSV in, a CSV out, and what grows with its length."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pyarrow as pa

from benchmarks.clock import finished, in_turn
from stance.tables.files import create_table

Label = Callable[[list[str]], list[tuple[str, float]]]

OURS, THEIRS = "stance, start-up included", "fastText, subwords 2-5, one label"
REASONS = 5  # parts of each decision
PLAIN, EXPLAINED = "stance predict", f"stance predict --explain {REASONS}"
TURNS = 3  # a table takes many seconds, over which most noise evens out


def end_to_end(
    comments: list[str], rows: int, label: Label, folder: str, in_memory_rate: float, repeats: int
) -> list[str]:
    """Rate a CSV in, a CSV out.

    Parameters
    ----------
    comments : list of str
    rows : int
        Of the table; the comments are repeated.
    label : callable
        fastText.
    folder : str
        For the tables.
    in_memory_rate : float
        Rows per second.
    repeats : int
        No more than `TURNS` are made.

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    source, result = f"{folder}/in.csv", f"{folder}/out.csv"
    write_table(source, comments, rows)
    peaks = []

    def ours() -> float:
        seconds, megabytes = predicting_a_table(source, result, "--probabilities")
        peaks.append(megabytes)
        return rows / seconds

    ways = {OURS: ours, THEIRS: lambda: rows / labelling_a_table(source, result, label)}
    rates = in_turn(ways, min(repeats, TURNS))
    return [
        *("", f"## A CSV of {rows:,} rows in, a CSV with all probabilities out", "", "| | rows/s |", "|---|--:|"),
        *(f"| {name} | {rate:,.0f} |" for name, rate in rates.items()),
        *("", f"{comparison(rates, in_memory_rate)}; peak memory {max(peaks):,.0f} MB."),
    ]


def comparison(rates: dict[str, float], in_memory_rate: float) -> str:
    """Compare the rate of a table with others.

    Parameters
    ----------
    rates : dict of str to float
        Of a table, in rows per second.
    in_memory_rate : float
        Rows per second.

    Returns
    -------
    str
    """
    whole = rates[OURS]
    return f"{whole / in_memory_rate:.0%} of the rate in memory, {whole / rates[THEIRS]:.1f} times fastText"


def growth(comments: list[str], folder: str, sizes: Sequence[int]) -> list[str]:
    """Rate tables of growing length, and weigh the process that scores them.

    Parameters
    ----------
    comments : list of str
        Repeated as often as needed.
    folder : str
        For the tables.
    sizes : sequence of int
        Numbers of rows; the peak at the last is compared with that at the one before.

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    source, result = f"{folder}/grown.csv", f"{folder}/scored.csv"
    lines = ["", "## Growth of the table", "", "| rows | rows/s, start-up included | peak MB |", "|--:|--:|--:|"]
    peaks = {}
    for rows in sizes:
        write_table(source, comments, rows)
        seconds, peaks[rows] = predicting_a_table(source, result, "--probabilities")
        lines.append(f"| {rows:,} | {rows / seconds:,.0f} | {peaks[rows]:,.0f} |")
    before, last = sizes[-2:][0], sizes[-1]
    return [*lines, "", f"The peak at {last:,} rows is {peaks[last] / peaks[before]:.2f} times that at {before:,}."]


def explaining(comments: list[str], folder: str, rows: int, repeats: int) -> list[str]:
    """Rate a table with reasons beside the same one without.

    Parameters
    ----------
    comments : list of str
        Repeated as often as needed.
    folder : str
        For the tables.
    rows : int
        Of the table.
    repeats : int

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    source, result = f"{folder}/plain.csv", f"{folder}/reasons.csv"
    write_table(source, comments, rows)
    options = {PLAIN: [], EXPLAINED: ["--explain", str(REASONS)]}

    def rate(name: str) -> float:
        return rows / predicting_a_table(source, result, *options[name])[0]

    rates = in_turn({name: partial(rate, name) for name in options}, repeats)
    share = f"{rates[EXPLAINED] / rates[PLAIN]:.0%} of the plain rate"
    return [
        *("", f"## Reasons of {rows:,} rows", "", "| | rows/s, start-up included |", "|---|--:|"),
        *(f"| `{name}` | {rate:,.0f} |" for name, rate in rates.items()),
        *("", f"With the {REASONS} parts that moved each head's decision most: {share}."),
    ]


def evaluating(table: pa.Table, folder: str, rows: int, articles: int) -> list[str]:
    """Time the report on a long labelled table, with 1,000 resamples of its articles.

    Parameters
    ----------
    table : pyarrow.Table
        Labelled comments; drawn with replacement.
    folder : str
        For table and report.
    rows, articles : int
        Of the table.

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    rng, path = np.random.default_rng(0), f"{folder}/labelled.csv"
    drawn = table.take(rng.integers(0, table.num_rows, rows))
    names = pa.array([f"a{number}" for number in rng.integers(0, articles, rows)])
    with create_table(path) as writer:
        writer.write(drawn.set_column(drawn.column_names.index("article"), "article", names))
    seconds, _ = finished([sys.executable, "-m", "stance", "evaluate", path, "--report", f"{folder}/report"])
    return [
        *("", f"## The report on {rows:,} labelled rows under {articles:,} articles", ""),
        f"{seconds:.0f} seconds, start-up included, with 1,000 resamples.",
    ]


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


def predicting_a_table(source: str, result: str, *options: str) -> tuple[float, float]:
    """Score a table in a process of its own.

    Parameters
    ----------
    source, result : str
        Paths.
    *options : str
        Of the command.

    Returns
    -------
    seconds : float
        Start-up included.
    megabytes : float
        Peak memory.
    """
    command = [sys.executable, "-m", "stance", "predict", source, "-o", result, *options]
    weighed = ["/usr/bin/time", "-f", "%M", *command]  # small itself; Linux counts what the starter held, too
    seconds, done = finished(weighed)
    return seconds, int(done.stderr.splitlines()[-1]) / 1024


def labelling_a_table(source: str, result: str, label: Label) -> float:
    """Label a table with fastText, as a short script would.

    Parameters
    ----------
    source, result : str
        Paths.
    label : callable

    Returns
    -------
    float
        Seconds, without those to open its model.
    """
    start = time.perf_counter()
    with open(source, encoding="utf-8", newline="") as file, open(result, "w", encoding="utf-8", newline="") as out:
        reader, writer = csv.DictReader(file), csv.writer(out)
        table = list(reader)
        for row, said in zip(table, label([row["text"] for row in table]), strict=True):
            writer.writerow([*row.values(), *said])
    return time.perf_counter() - start
