"""`scores.json` of a model folder: its cross-validated scores, and the held-out label of every training comment.

With them a later model, or a later version of this program, can be compared on the same comments, row by row.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stance.errors import ModelError
from stance.model.predictions import Predictions
from stance.model.tensors import read_file, read_json

SCORES = "scores.json"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"  # one for each label of a head
MAX_SCORES_BYTES = 1 << 24  # bytes: two million comments
NO_LABEL = "-"  # of a comment that got no label


def encode_scores(said: Predictions, metrics: Mapping[str, Any], sha256: str) -> bytes:
    """Make the file.

    Parameters
    ----------
    said : Predictions
        Held-out ones, of the training comments in their order.
    metrics : mapping
        For each head its scores.
    sha256 : str
        Of the training table.

    Returns
    -------
    bytes
    """
    digits = [*DIGITS, NO_LABEL]  # the last is that of code -1
    held_out = {
        head: {"labels": list(names), "codes": "".join(digits[code] for code in said.codes[head])}
        for head, names in said.labels.items()
        if len(names) <= len(DIGITS)
    }
    return (json.dumps({"sha256": sha256, "heads": metrics, "held_out": held_out}, indent=1) + "\n").encode()


def read_held_out_labels(folder: str | Path, sha256: str) -> dict[str, list[str | None]] | None:
    """Read the held-out labels of a table's comments.

    Parameters
    ----------
    folder : str or Path
        Model folder.
    sha256 : str
        Of the table.

    Returns
    -------
    dict of str to list of str or None
        For each head the label of each comment; None where the folder has none of this table.

    Raises
    ------
    ModelError
        If the file is damaged.
    """
    path = Path(folder) / SCORES
    if not os.path.lexists(path):
        return None
    try:
        found = read_json(read_file(path, MAX_SCORES_BYTES))
        if found["sha256"] != sha256:
            return None
        return {head: _labels(about["labels"], about["codes"]) for head, about in found["held_out"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder}: {SCORES} is damaged ({error!r}); copy the folder again") from None


def _labels(names: Sequence[str], codes: str) -> list[str | None]:
    if not set(codes) <= {NO_LABEL, *DIGITS[: len(names)]}:
        raise ValueError("a code without a label")
    by_code = {DIGITS[code]: str(name) for code, name in enumerate(names)}
    return [by_code.get(code) for code in codes]
