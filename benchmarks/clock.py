"""Rates and seconds."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable


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


def finished(command: list[str], **variables: str) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Run a command to its end.

    Parameters
    ----------
    command : list of str
    **variables : str
        Set in its environment.

    Returns
    -------
    seconds : float
    done : CompletedProcess
        With what it printed.
    """
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **variables})
    return time.perf_counter() - start, done
