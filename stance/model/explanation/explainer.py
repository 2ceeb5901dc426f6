"""Score like a model, and name the largest parts of every decision on every comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stance.features.characters import Texts
from stance.features.kernels import contributions
from stance.features.kernels.hashing import ABSENT
from stance.model.attitude_model import AttitudeModel
from stance.model.explanation.log_odds import top_two
from stance.model.explanation.occurrences import Occurrences, find_occurrences
from stance.model.explanation.part_names import INTERCEPT, context_names, ngram_names, stacked_names, unnamed_name
from stance.model.labels import StringColumn
from stance.model.model import Model, ScoredBatch
from stance.model.predictions import Predictions

TYPICAL_SHARE = 0.99  # of features whose weights lie within the scale of a head; with this most are passed over
ROUNDING = 1e-5  # far more than the rounding error of sums in single precision
PART_SEPARATOR = ";"  # of parts; within a name it is escaped


class Explainer:
    """Score texts as a model does, with the `n_parts` largest parts of each decision as text.

    >>> from stance.settings import Settings
    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> Explainer(model, 1).proba(["they love", "you"]).reasons["mood"].to_list()
    ['love +0.15', 'you +0.15']
    """

    def __init__(self, model: Model, n_parts: int) -> None:
        self.model = model
        self.n_parts = n_parts
        self._heads = _heads_of(model)
        ngrams = ngram_names(model)
        stacked = [name for head in model.classifiers for name in stacked_names(model, head)]
        self._names = _Names([*(ngrams[column] for column in model.features.order.tolist()), *stacked, INTERCEPT])
        self._context_names: dict[str, _Names] = {}

    def proba(self, texts: Texts, n_threads: int = 1, targets: Sequence[str] = ()) -> Predictions:
        """Compute probabilities, statuses and reasons; arguments as for `Model.proba`."""
        reasons: dict[int, dict[str, StringColumn]] = {}
        targets = self.model.find_targets(targets)

        def explain(first: int, scored: ScoredBatch) -> None:
            reasons[first] = self._head_reasons(scored) | self._target_reasons(scored, targets)

        predictions = self.model.proba(texts, n_threads, targets, explain)
        batches = [reasons[first] for first in sorted(reasons)]
        joined = {head: _concatenate([batch[head] for batch in batches]) for head in predictions.labels}
        return replace(predictions, reasons=joined)

    def _head_reasons(self, scored: ScoredBatch) -> dict[str, StringColumn]:
        heads = list(self.model.classifiers)
        pairs = [top_two(scored.proba[head]) for head in heads]
        chosen, other = (np.stack(codes, axis=1) for codes in zip(*pairs, strict=True))
        stacked = np.hstack([scored.stacked_features[head] for head in heads])
        numbers = np.full((len(scored.texts), len(heads), self.n_parts), ABSENT)
        weights = np.zeros(numbers.shape)
        contributions.largest(
            scored.counts, self.model.features.lookup, self._heads, stacked, chosen, other, numbers, weights
        )
        return {head: self._names.render(numbers[:, k], weights[:, k]) for k, head in enumerate(heads)}

    def _target_reasons(self, scored: ScoredBatch, targets: Sequence[str]) -> dict[str, StringColumn]:
        attitude_model = self.model.attitude_model
        if attitude_model is None or not targets:
            return {}
        every = [*attitude_model.targets, *targets]
        numbers = range(len(attitude_model.targets), len(every))
        found = find_occurrences(attitude_model, scored.texts, every, numbers)
        return {
            target: self._names_around(attitude_model, target).render(
                *_largest(attitude_model, occurrences, scored.proba[target], self.n_parts)
            )
            for target, occurrences in zip(targets, found, strict=True)
        }

    def _names_around(self, attitude_model: AttitudeModel, target: str) -> _Names:
        if target not in self._context_names:
            self._context_names[target] = _Names([*context_names(attitude_model, target), unnamed_name(target)])
        return self._context_names[target]


class _Names:
    """Names of parts, as bytes for the kernel."""

    def __init__(self, names: Sequence[str]) -> None:
        encoded = [name.replace(PART_SEPARATOR, "\\x3b").encode() for name in names]
        self._raw = np.frombuffer(b"".join(encoded), np.uint8)
        self._offsets = np.cumsum([0, *map(len, encoded)])

    def render(self, numbers: NDArray[np.int32], weights: NDArray[np.float64]) -> StringColumn:
        """Write the parts of each row, numbers and weights of shape (N, n_parts), as text."""
        used = numbers[numbers != ABSENT]
        max_bytes = int(np.diff(self._offsets)[used].sum()) + contributions.MAX_NUMBER_BYTES * len(used)
        raw, offsets = np.empty(max_bytes, np.uint8), np.empty(len(numbers) + 1, np.int32)
        contributions.render(numbers, weights, self._raw, self._offsets, raw, offsets)
        return StringColumn(raw[: offsets[-1]], offsets)


def _heads_of(model: Model) -> contributions.HeadWeights:
    classifiers = list(model.classifiers.values())
    n_labels = max(len(each.labels) for each in classifiers)
    bounds = np.cumsum([0, *(each.n_stacked for each in classifiers)])
    lanes = np.zeros((len(classifiers), n_labels), np.int64)
    bias, stacked = np.zeros((len(classifiers), n_labels)), np.zeros((bounds[-1], n_labels))
    for number, (each, own) in enumerate(zip(classifiers, model.lanes.values(), strict=True)):
        lanes[number, : len(own)], bias[number, : len(own)] = own, each.bias
        if each.stacked_weights is not None:
            stacked[bounds[number] : bounds[number + 1], : len(own)] = each.stacked_weights.T
    temperatures = np.array([each.temperature for each in classifiers])
    return contributions.HeadWeights(model.rows, lanes, bounds, stacked, bias, temperatures, *_spreads(model))


def _spreads(model: Model) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far apart the weights of a typical feature are for each head, and of each feature in these scales."""
    spreads = np.stack([np.ptp(model.rows[:, own], axis=1) for own in model.lanes.values()], axis=1).astype(np.float64)
    scales = np.quantile(spreads, TYPICAL_SHARE, axis=0)
    scales[scales == 0] = 1
    return scales, (spreads / scales).max(axis=1) * (1 + ROUNDING)


def _largest(
    attitude_model: AttitudeModel, found: Occurrences, proba: NDArray[np.float64], n_parts: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return numbers and weights of the largest parts of each row, (N, n_parts), for a target without a head.

    Where it is not named, the log-odds are one part, behind the last of `context_names`.
    """
    n, width = len(proba), len(attitude_model.centered_weights)
    every, (chosen, other) = np.arange(n), top_two(proba)
    label_weights = np.zeros(proba.shape)
    label_weights[every, chosen] += 1 / attitude_model.temperature
    label_weights[every, other] -= 1 / attitude_model.temperature
    unnamed = np.setdiff1d(every, found.texts)
    pairs, of_pair = np.unique(found.texts * (width + 1) + found.columns, return_inverse=True)
    log_odds = np.log(proba[unnamed, chosen[unnamed]] / proba[unnamed, other[unnamed]])
    sums = np.bincount(of_pair, found.weigh(attitude_model, label_weights[found.texts]), len(pairs))
    sums = np.concatenate([sums, log_odds])
    rows, columns = np.divmod(np.concatenate([pairs, unnamed * (width + 1) + width]), width + 1)
    order = np.lexsort((columns, -np.abs(sums), rows))
    ranks = np.arange(len(order)) - np.searchsorted(rows[order], rows[order])
    is_kept = (ranks < n_parts) & (sums[order] != 0)
    kept, ranks = order[is_kept], ranks[is_kept]
    numbers, weights = np.full((n, n_parts), ABSENT), np.zeros((n, n_parts))
    numbers[rows[kept], ranks], weights[rows[kept], ranks] = columns[kept], sums[kept]
    return numbers, weights


def _concatenate(columns: Sequence[StringColumn]) -> StringColumn:
    offsets, raw = [np.zeros(1, np.int32)], [np.empty(0, np.uint8)]
    for column in columns:
        offsets.append(column.offsets[1:] + offsets[-1][-1])
        raw.append(column.raw)
    return StringColumn(np.concatenate(raw), np.concatenate(offsets))
