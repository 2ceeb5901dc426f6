"""Exchanges two targets in a text, and tells whether what a model says of them is exchanged too.

A model that reads what is said, and not whom it is said of, calls "we trust A" favor toward A for every A (checks of
invariance and direction: Ribeiro, Wu, Guestrin and Singh 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.errors import OptionError
from stance.evaluation.target_swap import NAME, Names
from stance.model.attitude_model import AttitudeModel
from stance.model.model import Model
from stance.model.predictions import DECIMALS, Predictions

MAX_SWAPPED = 5_000  # comments; their labels, several each, give the share to a hundredth
CONFIDENT = 0.7  # least probability of a label that must go along


@dataclass(frozen=True)
class SwapAudit:
    """How often confident labels go along when two targets are exchanged.

    Parameters
    ----------
    labels : int
        Number of labels that were tried: of one text toward one target.
    tried : int
        Number of exchanges, each label with every other target.
    share : float
        Of those exchanges where the other target gets the same label; nan if there are none.
    opinions : int
        Number of exchanges whose label is not the one of most texts that do not name the target.
    share_of_opinions : float
        Likewise, of those.
    pairs : dict of (str, str) to (int, int)
        From which target to which: number of exchanges, and of those that followed.
    """

    labels: int
    tried: int
    share: float
    opinions: int
    share_of_opinions: float
    pairs: dict[tuple[str, str], tuple[int, int]]


def audit(
    model: Model,
    texts: Sequence[str],
    confidence: float = CONFIDENT,
    most: int = 2000,
    seed: int = 0,
    names: Names | None = None,
) -> SwapAudit:
    """Exchange targets in texts and compare labels.

    Parameters
    ----------
    model : Model
    texts : sequence of str
        N texts.
    confidence : float
        Least probability of a label that is tried, 0 to 1.
    most : int
        Number of texts above which a sample of so many is taken.
    seed : int
        Of the sample.
    names : Names, optional
        Of the model's lexicon, if they are at hand.

    Returns
    -------
    SwapAudit
        A label is tried where the text names the target; an exchange counts where it is read as it is meant: the new
        text names the other target, and no target that it should not.

    Raises
    ------
    OptionError
        If the model has fewer than two heads that are targets.
    """
    attitudes = _attitudes_of(model)
    names, sample = names or Names(attitudes.lexicon), _sample(texts, most, seed)
    tried = _exchanges(names, model.proba(sample), sample, attitudes.targets, confidence)
    changed = [names.swapped(sample[each.row], each.target, each.other) for each in tried]
    meant = np.flatnonzero(_as_meant(names, sample, changed, tried)).tolist()
    tried, said = [tried[at] for at in meant], model.proba([changed[at] for at in meant])
    followed = [said.codes[each.other][row] == each.label for row, each in enumerate(tried)]
    usual = int(attitudes.unnamed_proba.argmax())
    opinions = [ok for ok, each in zip(followed, tried, strict=True) if each.label != usual]
    pairs: dict[tuple[str, str], tuple[int, int]] = dict.fromkeys(permutations(attitudes.targets, 2), (0, 0))
    for ok, each in zip(followed, tried, strict=True):
        of_pair, along = pairs[each.target, each.other]
        pairs[each.target, each.other] = of_pair + 1, along + int(ok)
    labels = len({(each.row, each.target) for each in tried})
    return SwapAudit(labels, len(tried), _share(followed), len(opinions), _share(opinions), pairs)


def bare_names(model: Model, names: Names | None = None) -> dict[str, dict[str, dict[str, float]]]:
    """Say what each head makes of a target's name alone, of which nothing is said.

    Parameters
    ----------
    model : Model
    names : Names, optional
        Of the model's lexicon, if they are at hand.

    Returns
    -------
    dict of str to dict of str to dict of str to float
        For each target of the model and each head the probabilities of its labels.

    Raises
    ------
    OptionError
        If the model has fewer than two heads that are targets.
    """
    attitudes = _attitudes_of(model)
    names = names or Names(attitudes.lexicon)
    said = model.proba([names.instead(target, NAME).alias for target in attitudes.targets])
    return {
        target: {
            head: dict(zip(labels, said.proba[head][row].tolist(), strict=True)) for head, labels in said.labels.items()
        }
        for row, target in enumerate(attitudes.targets)
    }


def swap_metrics(model: Model, texts: Sequence[str]) -> dict[str, Any] | None:
    """Put audit and bare names into plain values, for the report.

    Parameters
    ----------
    model : Model
    texts : sequence of str
        N texts; of more than `MOST_SWAPPED` some, evenly spread.

    Returns
    -------
    dict or None
        `confidence`, `labels`, `tried`, `share`, `opinions`, `share_of_opinions` (None where nothing was tried), and
        `bare`: for each target the probabilities that its own head gives to its name alone. None if the model has
        fewer than two heads that are targets.
    """
    if model.attitudes is None or len(model.attitudes.targets) < 2:
        return None
    names = Names(model.attitudes.lexicon)
    found = audit(model, texts[:: max(1, -(-len(texts) // MAX_SWAPPED))], names=names)
    shares = {name: getattr(found, name) for name in ("share", "share_of_opinions")}
    return {
        "confidence": CONFIDENT,
        **{name: getattr(found, name) for name in ("labels", "tried", "opinions")},
        **{name: None if np.isnan(value) else round(value, DECIMALS) for name, value in shares.items()},
        "bare": {
            target: {label: round(value, DECIMALS) for label, value in heads[target].items()}
            for target, heads in bare_names(model, names).items()
        },
    }


class _Exchange(NamedTuple):
    row: int
    target: str
    other: str
    label: int


def _exchanges(
    names: Names, said: Predictions, texts: Sequence[str], targets: Sequence[str], confidence: float
) -> list[_Exchange]:
    named = names.named(texts)
    found = []
    for target in targets:
        is_sure = said.is_ok & (said.proba[target].max(axis=1) >= confidence)
        for row in np.flatnonzero(is_sure & named[:, names.targets.index(target)]).tolist():
            label = int(said.codes[target][row])
            found += [_Exchange(row, target, other, label) for other in targets if other != target]
    return found


def _as_meant(
    names: Names, texts: Sequence[str], changed: Sequence[str], exchanges: Sequence[_Exchange]
) -> NDArray[np.bool_]:
    wanted = names.named([texts[each.row] for each in exchanges])
    for row, each in enumerate(exchanges):
        one, other = names.targets.index(each.target), names.targets.index(each.other)
        wanted[row, [one, other]] = wanted[row, [other, one]]
    return np.asarray((names.named(changed) == wanted).all(axis=1))


def _attitudes_of(model: Model) -> AttitudeModel:
    attitudes = model.attitudes
    if attitudes is None or len(attitudes.targets) < 2:
        raise OptionError("this model has fewer than two heads that are targets of its lexicon, so none to exchange")
    return attitudes


def _sample(texts: Sequence[str], most: int, seed: int) -> list[str]:
    if len(texts) <= most:
        return list(texts)
    rows = np.random.default_rng(seed).choice(len(texts), most, replace=False)
    return [texts[row] for row in np.sort(rows).tolist()]


def _share(followed: Sequence[bool]) -> float:
    return sum(followed) / len(followed) if followed else float("nan")
