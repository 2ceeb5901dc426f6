"""`scores.json` of a model folder: cross-validated scores, and the held-out label of every training comment.

The labels let a later model, or a later version of this program, be compared on the same comments, row by row. Hashes
of the comments let `evaluate` say how many of a table the model was trained on.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stance.errors import ModelError
from stance.model.manifest import model_path
from stance.model.predictions import Predictions
from stance.model.tensors import read_json
from stance.regular_files import read_file

SCORES = "scores.json"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"  # one for each label of a head
NO_LABEL = "-"
MAX_SCORES_BYTES = 1 << 25  # almost two million comments
HASH_DIGITS = 10  # of SHA-256; of a hundred thousand other comments, one is among a million by chance at 0.1
MIN_HASHED_WORDS = 5  # shorter comments are written by many
_WORD = re.compile(r"\w+")


def encode_scores(
    predictions: Predictions, metrics: Mapping[str, Any], sha256: str, texts: Sequence[str] = ()
) -> bytes:
    """Build the file of held-out predictions, in the order of the training table with that checksum.

    The hashes of its texts are sorted, so that none can be told to belong to a label.
    """
    digits = [*DIGITS, NO_LABEL]  # the last is that of code -1
    held_out = {
        head: {"labels": list(names), "codes": "".join(digits[code] for code in predictions.codes[head])}
        for head, names in predictions.labels.items()
        if len(names) <= len(DIGITS)
    }
    hashes = "".join(sorted({found for text in texts if (found := hash_text(text))}))
    scores = {"sha256": sha256, "heads": metrics, "held_out": held_out, "texts": hashes}
    return (json.dumps(scores, indent=1) + "\n").encode()


def hash_text(text: str) -> str:
    """Hash the words of a comment to `HASH_DIGITS`; empty for one of fewer than `MIN_HASHED_WORDS`, which recur.

    >>> hash_text("So it goes, my friend!") == hash_text("so it goes my friend") != hash_text("So it goes.")
    True
    """
    words = _WORD.findall(text.lower())
    if len(words) < MIN_HASHED_WORDS:
        return ""
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]


def count_training_texts(folder: str | Path | None, texts: Sequence[str]) -> int | None:
    """Count the texts that a model was trained on; None where its folder has no hashes of them, or is damaged."""
    try:
        hashes = read_json(read_file(model_path(folder) / SCORES, MAX_SCORES_BYTES, folder is None))["texts"]
        known = {hashes[place : place + HASH_DIGITS] for place in range(0, len(hashes), HASH_DIGITS)}
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return sum(hash_text(text) in known for text in texts)


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
