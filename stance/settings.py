"""Every hyperparameter of training, with its default and the reason for it; saved with the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

MAX_CS = 100  # values of C; each is one more fit
MAX_NGRAM = 20  # words or characters of an n-gram; longer ones are too rare to learn from
MIN_INTEGERS = {"min_df": 1, "folds": 2, "inner_folds": 2, "max_iter": 1, "seed": 0}
MAX_FLOATS = {
    "attitude_C": 1e6,
    "attitude_balance": 1.0,
    "number_scale": 1e6,
    "target_C": 1e6,
    "target_scale": 1e6,
    "name_scale": 1e6,
    "head_scale": 1e6,
    "tone_scale": 1e6,
    "balance": 1.0,
    "min_gain_for_tone": 1e6,
}


@dataclass(frozen=True)
class Settings:
    """Hyperparameters of training.

    Parameters
    ----------
    word_ngrams, char_ngrams : tuple of (int, int)
        Shortest and longest n-gram, in words and in characters within a word; 1 to 20.
    min_df : int
        Number of training comments that an n-gram must occur in; 1 or more.
    Cs : tuple of float
        Values of scikit-learn's `C` (inverse regularization strength) to choose from for each head; 1 to 100 of them.
    attitude_C : float
        `C` of the attitude model.
    attitude_balance : float
        `balance` of the attitude model.
    number_scale : float
        Factor on the numeric features of the attitude model.
    target_C : float
        `C` of the heads that are targets.
    target_scale, name_scale, head_scale, tone_scale : float
        Factors on stacked features: log-odds of the attitude model, whether the target is named, log-odds of heads,
        tone features.
    balance : float
        Exponent, 0 to 1, of the class weights: 0 for none, 1 for scikit-learn's "balanced".
    inner_folds : int
        Number of folds in which stacked features of the training comments are held out; 2 or more.
    min_gain_for_tone : float
        Minimum gain in macro F1 for a head to use tone features, times the square root of the number of comments.
    folds : int
        Number of folds of cross-validation; 2 or more.
    max_iter : int
        Maximum number of iterations of the solver.
    seed : int
        Random seed of the folds.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> Settings().word_ngrams
    (1, 2)
    >>> Settings.from_dict(Settings(seed=3).to_dict()).seed
    3
    """

    word_ngrams: tuple[int, int] = (1, 2)  # longer ones are too rare in a few thousand comments
    char_ngrams: tuple[int, int] = (2, 5)  # catches misspellings, suffixes and hashtags
    min_df: int = 3  # scores with 2 are the same, with a third more features
    Cs: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0)  # half a decade apart around the optimum of short texts
    attitude_C: float = 0.5  # its examples are few and its features many
    attitude_balance: float = 0.0  # best for targets that were left out of training
    number_scale: float = 0.5  # so that numbers weigh as much as words (cross-validated)
    target_C: float = 0.3  # larger ones tie labels to names (see `evaluation.counterfactuals`)
    target_scale: float = 1.0  # so that context features come first
    name_scale: float = 0.5
    head_scale: float = 0.25
    tone_scale: float = 0.25
    balance: float = 0.5  # 1 predicts too many rare labels
    inner_folds: int = 3  # more would take longer and change little
    min_gain_for_tone: float = 0.5  # about the standard error of a difference
    folds: int = 5  # four fifths of the comments to learn from, five estimates of the error
    max_iter: int = 1000  # far above what converges; a warning would mean broken features
    seed: int = 0

    def __post_init__(self) -> None:
        """Check every number, since those of a model folder may have been tampered with."""
        for name in ("word_ngrams", "char_ngrams"):
            if not _is_ngram_range(sizes := getattr(self, name)):
                raise ValueError(f"{name} is {sizes!r}, expected two whole numbers, 1 to {MAX_NGRAM}, smaller first")
        for name, low in MIN_INTEGERS.items():
            number = getattr(self, name)
            if type(number) is not int or number < low:
                raise ValueError(f"{name} is {number!r}, expected a whole number, {low} or more")
        for name, limit in MAX_FLOATS.items():
            if not 0 <= float(getattr(self, name)) <= limit:
                raise ValueError(f"{name} is {getattr(self, name)!r}, expected 0 to {limit:g}")
        if not 0 < len(self.Cs) <= MAX_CS or not all(isinstance(each, (int, float)) and each > 0 for each in self.Cs):
            raise ValueError(f"Cs are {self.Cs}, expected 1 to {MAX_CS} numbers above 0")

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Settings:
        """Build settings from `to_dict`, also after a round trip through JSON; ValueError for a wrong name."""
        names = {field.name for field in fields(cls)}
        if set(values) != names:
            wrong = sorted(set(values) ^ names)
            raise ValueError(f"settings have the wrong names: {', '.join(wrong)}")
        plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        return cls(**plain)


def _is_ngram_range(sizes: Any) -> bool:
    if not isinstance(sizes, tuple) or len(sizes) != 2 or not all(type(size) is int for size in sizes):
        return False
    shortest, longest = sizes
    return bool(1 <= shortest <= longest <= MAX_NGRAM)
