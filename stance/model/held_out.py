"""`scores.json` of a model folder: cross-validated scores, and the held-out label of every training comment.

The labels let a later model, or a later version of this program, be compared on the same comments, row by row.
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
NO_LABEL = "-"
MAX_SCORES_BYTES = 1 << 24  # two million comments


def encode_scores(predictions: Predictions, metrics: Mapping[str, Any], sha256: str) -> bytes:
    """Build the file of held-out predictions, in the order of the training table with that checksum."""
    digits = [*DIGITS, NO_LABEL]  # the last is that of code -1
    held_out = {
        head: {"labels": list(names), "codes": "".join(digits[code] for code in predictions.codes[head])}
        for head, names in predictions.labels.items()
        if len(names) <= len(DIGITS)
    }
    return (json.dumps({"sha256": sha256, "heads": metrics, "held_out": held_out}, indent=1) + "\n").encode()


def read_held_out_labels(folder: str | Path, sha256: str) -> dict[str, list[str | None]] | None:
    """Read the held-out label of each comment of a table, by head; None if the folder has none of this table.

    Raises ModelError if the file is damaged.
    """
    path = Path(folder) / SCORES
    if not os.path.lexists(path):
        return None
    try:
        scores = read_json(read_file(path, MAX_SCORES_BYTES))
        if scores["sha256"] != sha256:
            return None
        return {head: _decode(encoded["labels"], encoded["codes"]) for head, encoded in scores["held_out"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder}: {SCORES} is damaged ({error!r}); copy the folder again") from None


def _decode(names: Sequence[str], codes: str) -> list[str | None]:
    if not set(codes) <= {NO_LABEL, *DIGITS[: len(names)]}:
        raise ValueError("a code without a label")
    name_of = {DIGITS[code]: str(name) for code, name in enumerate(names)}
    return [name_of.get(code) for code in codes]
