"""Every number that can be tuned, with its unit and its reason; saved with the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

SCALES = ("target_scale", "name_scale", "head_scale", "tone_scale")
MAX_CS = 100  # strengths to choose from; each is one more training
MAX_NGRAM = 20  # words or characters of an n-gram; longer ones are too rare to learn from


@dataclass(frozen=True)
class Settings:
    """How a model is trained.

    Parameters
    ----------
    word_ngrams, char_ngrams : tuple of (int, int)
        Shortest and longest n-gram, in words and in characters within a word.
    min_df : int
        Number of training comments that a feature must occur in.
    strengths : tuple of float
        Values of scikit-learn's `C` (inverse regularisation strength) to choose from.
    attitude_strength : float
        `C` of the model of attitudes.
    attitude_balance : float
        Power, 0 to 1, of the weights that make its labels alike.
    number_scale : float
        What the numbers among its features are multiplied by.
    target_strength : float
        `C` of the heads that are targets.
    target_scale, name_scale, head_scale, tone_scale : float
        What signals are multiplied by: log-odds of attitudes, whether a target is named, log-odds of heads, tones.
    balance : float
        Power, 0 to 1, of the weights that make all labels alike.
    inner_folds : int
        Number of parts in which one classifier hears what another says.
    worth_hearing : float
        How much macro F1 a head must gain by the tone of the words to hear it, times the root of the number of rows.
    folds : int
        Number of parts for cross-validation.
    max_iter : int
        Most iterations of the solver.
    seed : int
        Seed of the folds.

    Examples
    --------
    >>> Settings().word_ngrams
    (1, 2)
    >>> Settings.from_dict(Settings(seed=3).to_dict()).seed
    3
    """

    word_ngrams: tuple[int, int] = (1, 2)  # longer ones are too rare to weigh in a few thousand comments
    char_ngrams: tuple[int, int] = (2, 5)  # catches misspellings, suffixes and hashtags
    min_df: int = 3  # a rarer feature is hardly told from noise; scores with 2 are the same, with a third more features
    Cs: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0)  # half a decade apart around the optimum of short texts
    attitude_C: float = 0.5  # of the model of attitudes; its examples are few and its features many
    attitude_balance: float = 0.0  # as `balance`, of that model: by it a target that was left out is labelled best
    number_scale: float = 0.5  # of the numbers in it, so that they weigh as much as its words (cross-validated)
    target_C: float = 0.3  # of heads that are targets: stronger ones tie labels to names (see `swap.audit`)
    target_scale: float = 1.0  # so that these heads go by how the words stand to the target first
    name_scale: float = 0.5
    head_scale: float = 0.25
    tone_scale: float = 0.25
    balance: float = (
        0.5  # between the labels as often as they come (0) and all alike (1), which finds too many rare ones
    )
    inner_folds: int = 3  # of what one classifier hears of another; more would take longer and change little
    min_gain_for_tone: float = 0.5  # about the standard error of a difference
    folds: int = 5  # four fifths of the rows to learn from, five estimates of the error
    max_iter: int = 1000  # far above what converges; a warning would mean broken features
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing, such as those of a model folder that was tampered with."""
        for name in ("word_ngrams", "char_ngrams"):
            low, high = _whole_numbers(name, getattr(self, name), 2)
            if not 1 <= low <= high <= MAX_NGRAM:
                raise ValueError(f"{name} is {low} to {high}, expected the smaller first, and 1 to {MAX_NGRAM}")
        numbers = {"min_df": 1, "folds": 2, "inner_folds": 2, "max_iter": 1, "seed": 0}
        for name, least in numbers.items():
            [number] = _whole_numbers(name, (getattr(self, name),), 1)
            if number < least:
                raise ValueError(f"{name} is {number}, expected {least} or more")
        for name in (
            "attitude_C",
            "target_C",
            "number_scale",
            "attitude_balance",
            "balance",
            "min_gain_for_tone",
            *SCALES,
        ):
            most = 1.0 if name.endswith("balance") else 1e6
            if not 0 <= float(getattr(self, name)) <= most:
                raise ValueError(f"{name} is {getattr(self, name)}, expected 0 to {most:g}")
        if not 0 < len(self.Cs) <= MAX_CS or not all(isinstance(each, (int, float)) and each > 0 for each in self.Cs):
            raise ValueError(f"Cs are {self.Cs}, expected 1 to {MAX_CS} numbers above 0")

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON.

        Returns
        -------
        dict
        """
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Settings:
        """Make settings from what `to_dict` gave, also after a trip through JSON.

        Parameters
        ----------
        values : mapping
            One value for each setting.

        Returns
        -------
        Settings

        Raises
        ------
        ValueError
            If a name is missing or unknown.
        """
        names = {field.name for field in fields(cls)}
        if set(values) != names:
            wrong = sorted(set(values) ^ names)
            raise ValueError(f"settings have the wrong names: {', '.join(wrong)}")
        plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        return cls(**plain)


def _whole_numbers(name: str, values: Any, length: int) -> tuple[int, ...]:
    if not isinstance(values, tuple) or len(values) != length or not all(type(value) is int for value in values):
        raise ValueError(f"{name} is {values!r}, expected {length} whole number{'s' if length > 1 else ''}")
    return values
