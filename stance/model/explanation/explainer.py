"""Scores like a model, and says of every comment in a few words what moved each decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stance.features.characters import Texts
from stance.features.kernels import contributions
from stance.features.kernels.hashing import ABSENT
from stance.model.attitude_model import AttitudeModel
from stance.model.explanation.log_odds import INTERCEPT, ngram_names, stacked_names, top_two
from stance.model.explanation.occurrences import names_of, occurrences, unnamed_name
from stance.model.labels import StringColumn
from stance.model.model import Model, ScoredBatch
from stance.model.predictions import Predictions

MOST_FEATURES = 0.99  # share whose weights are within the scale of a head; with it the most are passed over
ROUNDING = 1e-5  # far more than sums in single precision can be off
BETWEEN = ";"  # parts; within a name it is written as an escape


class Explainer:
    """Scores texts as its model does, and gives reasons with the labels.

    Parameters
    ----------
    model : Model
    most : int
        Number of parts to name for each head.

    Examples
    --------
    >>> from stance.settings import Settings
    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> Explainer(model, 1).proba(["they love", "you"]).reasons["mood"].to_list()
    ['love +0.15', 'you +0.15']
    """

    def __init__(self, model: Model, most: int) -> None:
        self.model = model
        self.most = most
        self._heads = _heads_of(model)
        names = ngram_names(model)
        heard = [name for head in model.classifiers for name in stacked_names(model, head)]
        self._names_of_targets: dict[str, _Names] = {}
        self._names = _Names([*(names[column] for column in model.features.order.tolist()), *heard, INTERCEPT])

    def proba(self, texts: Texts, threads: int = 1, targets: Sequence[str] = ()) -> Predictions:
        """Compute probabilities, statuses and reasons.

        Parameters
        ----------
        texts, threads, targets
            As for `Model.proba`.

        Returns
        -------
        Predictions
            With the reasons of every head and target.
        """
        parts: dict[int, dict[str, StringColumn]] = {}

        def also(first: int, scored: ScoredBatch) -> None:
            parts[first] = self._told(scored) | self._told_of_targets(scored, targets)

        said = self.model.proba(texts, threads, targets, also)
        inorder = [parts[first] for first in sorted(parts)]
        return replace(said, reasons={head: _joined([part[head] for part in inorder]) for head in said.labels})

    def _told(self, scored: ScoredBatch) -> dict[str, StringColumn]:
        heads, rows = list(self.model.classifiers), len(scored.texts)
        pairs = [top_two(scored.proba[head]) for head in heads]
        chosen, other = (np.stack(codes, axis=1) for codes in zip(*pairs, strict=True))
        signals = np.hstack([scored.stacked_features[head] for head in heads])
        numbers = np.full((rows, len(heads), self.most), ABSENT)
        weights = np.zeros(numbers.shape)
        contributions.largest(
            scored.kept, self.model.features.lookup, self._heads, signals, chosen, other, numbers, weights
        )
        return {head: self._names.told(numbers[:, k], weights[:, k]) for k, head in enumerate(heads)}

    def _told_of_targets(self, scored: ScoredBatch, targets: Sequence[str]) -> dict[str, StringColumn]:
        attitudes = self.model.attitudes
        if attitudes is None:
            return {}
        every = [*attitudes.targets, *targets]
        return {
            target: self._names_of(attitudes, target).told(
                *_largest(attitudes, scored.texts, every, target, scored.proba[target], self.most)
            )
            for target in targets
        }

    def _names_of(self, attitudes: AttitudeModel, target: str) -> _Names:
        if target not in self._names_of_targets:
            self._names_of_targets[target] = _Names([*names_of(attitudes, target), unnamed_name(target)])
        return self._names_of_targets[target]


class _Names:
    """Names of parts, as bytes for the loops."""

    def __init__(self, names: Sequence[str]) -> None:
        encoded = [name.replace(BETWEEN, "\\x3b").encode() for name in names]
        self._raw = np.frombuffer(b"".join(encoded), np.uint8)
        self._borders = np.cumsum([0, *map(len, encoded)])

    def told(self, numbers: NDArray[np.int32], weights: NDArray[np.float64]) -> StringColumn:
        used = numbers[numbers != ABSENT]
        room = int(np.diff(self._borders)[used].sum()) + contributions.MAX_NUMBER_BYTES * len(used)
        raw, borders = np.empty(room, np.uint8), np.empty(len(numbers) + 1, np.int32)
        contributions.render(numbers, weights, self._raw, self._borders, raw, borders)
        return StringColumn(raw[: borders[-1]], borders)


def _heads_of(model: Model) -> contributions.Heads:
    every = list(model.classifiers.values())
    labels = max(len(each.labels) for each in every)
    lanes = np.zeros((len(every), labels), np.int64)
    bias, signals = np.zeros((len(every), labels)), np.zeros((sum(each.n_stacked for each in every), labels))
    borders = np.cumsum([0, *(each.n_stacked for each in every)])
    for number, (each, own) in enumerate(zip(every, model.lanes.values(), strict=True)):
        lanes[number, : len(own)], bias[number, : len(own)] = own, each.bias
        if each.stacked_weights is not None:
            signals[borders[number] : borders[number + 1], : len(own)] = each.stacked_weights.T
    temperatures = np.array([each.temperature for each in every])
    return contributions.Heads(model.rows, lanes, borders, signals, bias, temperatures, *_bounds(model))


def _bounds(model: Model) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    spreads = np.stack([np.ptp(model.rows[:, own], axis=1) for own in model.lanes.values()], axis=1).astype(np.float64)
    scales = np.quantile(spreads, MOST_FEATURES, axis=0)
    scales[scales == 0] = 1
    return scales, (spreads / scales).max(axis=1) * (1 + ROUNDING)


def _largest(
    attitudes: AttitudeModel, texts: Texts, targets: Sequence[str], target: str, proba: NDArray[np.float64], most: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    n, every = len(texts), np.arange(len(texts))
    chosen, other = top_two(proba)
    of_labels = np.zeros(proba.shape)
    of_labels[every, chosen] += 1 / attitudes.temperature
    of_labels[every, other] -= 1 / attitudes.temperature
    found = occurrences(attitudes, texts, targets, list(targets).index(target))
    unnamed = np.setdiff1d(every, found.texts)
    width = len(names_of(attitudes, target))
    pairs, of_pair = np.unique(found.texts * (width + 1) + found.columns, return_inverse=True)
    odds = np.log(proba[unnamed, chosen[unnamed]] / proba[unnamed, other[unnamed]])
    sums = np.concatenate([np.bincount(of_pair, found.weigh(attitudes, of_labels), len(pairs)), odds])
    pairs = np.concatenate([pairs, unnamed * (width + 1) + width])
    rows, columns = np.divmod(pairs, width + 1)
    order = np.lexsort((columns, -np.abs(sums), rows))
    ranks = np.arange(len(order)) - np.searchsorted(rows[order], rows[order])
    kept = order[(ranks < most) & (sums[order] != 0)]
    numbers, weights = np.full((n, most), ABSENT), np.zeros((n, most))
    places = ranks[(ranks < most) & (sums[order] != 0)]
    numbers[rows[kept], places], weights[rows[kept], places] = columns[kept], sums[kept]
    return numbers, weights


def _joined(parts: Sequence[StringColumn]) -> StringColumn:
    borders, raw = [np.zeros(1, np.int32)], [np.empty(0, np.uint8)]
    for part in parts:
        borders.append(part.borders[1:] + borders[-1][-1])
        raw.append(part.raw)
    return StringColumn(np.concatenate(raw), np.concatenate(borders))
