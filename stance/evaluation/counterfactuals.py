"""Counterfactual audit: whether labels follow the targets when two targets are swapped in a text.

A model without a bias gives "we trust A" the label favor toward A for every A (invariance and
directional tests: Ribeiro, Wu, Guestrin and Singh 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.errors import OptionError
from stance.evaluation.target_swap import NAME_KIND, Names
from stance.model.attitude_model import AttitudeModel
from stance.model.model import Model
from stance.model.predictions import DECIMALS, Predictions

MAX_SPREAD_TEXTS = 5_000  # evenly spread over a longer table; an audit samples from these
MAX_AUDITED_TEXTS = 2_000  # their labels, several each, give the share to a hundredth
MIN_AUDITED_CONFIDENCE = 0.7  # of a label that must follow the target


@dataclass(frozen=True)
class SwapAudit:
    """How often confident labels follow the target when two targets are swapped."""

    labels: int  # labels that were tried, each of one text toward one target
    tried: int  # swaps, each label with every other target
    share: float  # of the swaps, those where the other target gets the same label; nan if there are none
    opinions: int  # swaps of a label other than the majority class of texts that do not name the target
    share_of_opinions: float  # of these, those where the other target gets the same label
    pairs: dict[tuple[str, str], tuple[int, int]]  # from one target to another: swaps, and those that followed


def audit(
    model: Model,
    texts: Sequence[str],
    confidence: float = MIN_AUDITED_CONFIDENCE,
    max_texts: int = MAX_AUDITED_TEXTS,
    seed: int = 0,
    names: Names | None = None,
) -> SwapAudit:
    """Swap targets in texts and compare labels.

    Parameters
    ----------
    model : Model
    texts : sequence of str
        N texts.
    confidence : float
        Lowest probability of a label that is tried, 0 to 1.
    max_texts : int
        Size of the sample that is taken of more texts.
    seed : int
        Of the sample.
    names : Names, optional
        Aliases of the targets; by default read from the lexicon of the model.

    Returns
    -------
    SwapAudit
        A label is tried where the text names the target; a swap counts where it reads as it should: the new text names
        the other target, and no target that it should not.

    Raises
    ------
    OptionError
        If the model has fewer than two heads that are targets.
    """
    attitudes = _attitudes_of(model)
    names, sample = names or Names(attitudes.lexicon), _sample(texts, max_texts, seed)
    named = names.find_named(sample)
    swaps = _list_swaps(names, model.proba(sample), named, attitudes.targets, confidence)
    mentions = {row: names.find_mentions(sample[row]) for row in {each.row for each in swaps}}
    swapped = [names.swap_mentions(mentions[each.row], each.target, each.other) for each in swaps]
    valid = np.flatnonzero(_is_valid(names, named, swapped, swaps)).tolist()
    swaps, predictions = [swaps[at] for at in valid], model.proba([swapped[at] for at in valid])
    followed = [bool(predictions.codes[each.other][row] == each.label) for row, each in enumerate(swaps)]
    return _summarize_swaps(swaps, followed, attitudes)


def score_bare_names(model: Model, names: Names | None = None) -> dict[str, dict[str, dict[str, float]]]:
    """Score texts that hold the name of a target and nothing else: probabilities by target, head and label.

    OptionError if the model has fewer than two heads that are targets.
    """
    attitudes = _attitudes_of(model)
    names = names or Names(attitudes.lexicon)
    predictions = model.proba([names.choose_alias(target, NAME_KIND).alias for target in attitudes.targets])
    return {
        target: {
            head: dict(zip(labels, predictions.proba[head][row].tolist(), strict=True))
            for head, labels in predictions.labels.items()
        }
        for row, target in enumerate(attitudes.targets)
    }


def swap_metrics(model: Model, texts: Sequence[str]) -> dict[str, Any] | None:
    """Audit a model, as the plain values of `metrics.json`; None if it has fewer than two heads that are targets.

    A share is None where nothing was tried; `bare` holds the probabilities that the head of each target gives to its
    name alone.
    """
    if model.attitude_model is None or len(model.attitude_model.targets) < 2:
        return None
    names = Names(model.attitude_model.lexicon)
    audited = audit(model, texts[:: max(1, -(-len(texts) // MAX_SPREAD_TEXTS))], names=names)
    shares = {name: getattr(audited, name) for name in ("share", "share_of_opinions")}
    return {
        "confidence": MIN_AUDITED_CONFIDENCE,
        **{name: getattr(audited, name) for name in ("labels", "tried", "opinions")},
        **{name: None if np.isnan(value) else round(value, DECIMALS) for name, value in shares.items()},
        "bare": {
            target: {label: round(value, DECIMALS) for label, value in heads[target].items()}
            for target, heads in score_bare_names(model, names).items()
        },
    }


class _Swap(NamedTuple):
    row: int
    target: str
    other: str
    label: int


def _list_swaps(
    names: Names, predictions: Predictions, named: NDArray[np.bool_], targets: Sequence[str], confidence: float
) -> list[_Swap]:
    swaps = []
    for target in targets:
        is_confident = predictions.is_ok & (predictions.proba[target].max(axis=1) >= confidence)
        for row in np.flatnonzero(is_confident & named[:, names.targets.index(target)]).tolist():
            label = int(predictions.codes[target][row])
            swaps += [_Swap(row, target, other, label) for other in targets if other != target]
    return swaps


def _is_valid(
    names: Names, named: NDArray[np.bool_], swapped: Sequence[str], swaps: Sequence[_Swap]
) -> NDArray[np.bool_]:
    """Whether each swapped text names what it should; `named`, (N, T), is of the texts before."""
    expected = named[[each.row for each in swaps]]
    for row, each in enumerate(swaps):
        one, other = names.targets.index(each.target), names.targets.index(each.other)
        expected[row, [one, other]] = expected[row, [other, one]]
    return np.asarray((names.find_named(swapped) == expected).all(axis=1))


def _summarize_swaps(swaps: Sequence[_Swap], followed: Sequence[bool], attitudes: AttitudeModel) -> SwapAudit:
    majority = int(attitudes.unnamed_proba.argmax())
    opinions = [ok for ok, each in zip(followed, swaps, strict=True) if each.label != majority]
    pairs: dict[tuple[str, str], tuple[int, int]] = dict.fromkeys(permutations(attitudes.targets, 2), (0, 0))
    for ok, each in zip(followed, swaps, strict=True):
        tried, following = pairs[each.target, each.other]
        pairs[each.target, each.other] = tried + 1, following + int(ok)
    labels = len({(each.row, each.target) for each in swaps})
    return SwapAudit(labels, len(swaps), _share(followed), len(opinions), _share(opinions), pairs)


def _attitudes_of(model: Model) -> AttitudeModel:
    attitudes = model.attitude_model
    if attitudes is None or len(attitudes.targets) < 2:
        raise OptionError("this model has fewer than two heads that are targets of its lexicon, so none to swap")
    return attitudes


def _sample(texts: Sequence[str], max_texts: int, seed: int) -> list[str]:
    if len(texts) <= max_texts:
        return list(texts)
    rows = np.random.default_rng(seed).choice(len(texts), max_texts, replace=False)
    return [texts[row] for row in np.sort(rows).tolist()]


def _share(followed: Sequence[bool]) -> float:
    return sum(followed) / len(followed) if followed else float("nan")
