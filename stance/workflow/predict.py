"""`predict`: tables of comments to one table of comments and labels."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from stance.errors import OptionError
from stance.features.lexicon import MAX_LEXICON_BYTES
from stance.model.persistence import ModelFolder
from stance.regular_files import read_file
from stance.tables import paths
from stance.workflow.batch import scoring
from stance.workflow.batch.checkpoint import check_outside_parts
from stance.workflow.loading import load_folder
from stance.workflow.options import PredictOptions

DEFAULTS = PredictOptions()


def predict(
    inputs: str | Sequence[str],
    output: str,
    options: PredictOptions = DEFAULTS,
    *,
    progress: Callable[[int], None] = lambda rows: None,
    on_share: Callable[[float], None] = lambda share: None,
    **changes: Any,
) -> scoring.RowCounts:
    r"""Label the comments of tables and write them into one table, all columns kept.

    Parameters
    ----------
    inputs : str or sequence of str
        Paths of tables with the same columns; `-` is CSV on standard input.
    output : str
        Path of the table to write; it gets its name when it is whole.
    options : PredictOptions
        What to write, by which model, and how to read the inputs.
    progress : callable
        Called with the number of rows written so far after each batch.
    on_share : callable
        Called before each batch with the share of the inputs that was read, 0 to 1; not for pipes.
    **changes
        Fields of `options` to set otherwise, such as `probabilities=True`.

    Returns
    -------
    RowCounts
        Rows written and rejected, and how many got each label and status.

    Raises
    ------
    TableError, OptionError, ModelError
        If an input, an option or the model cannot be used; no output is written then.

    Examples
    --------
    >>> import os, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> comments = os.path.join(folder, "comments.csv")
    >>> with open(comments, "w") as file:
    ...     _ = file.write("text\nRussia stood by us when nobody else did\n")
    >>> predict(comments, os.path.join(folder, "labelled.csv"), probabilities=True).rows
    1
    """
    options = replace(options, **changes)
    inputs = [inputs] if isinstance(inputs, str) else list(inputs)
    _check_paths(inputs, output, options)
    folder = load_folder(options.model, options.lexicon)
    options = replace(options, targets=folder.model.find_targets(options.targets))
    return scoring.score_tables(folder.model, inputs, output, options, _run_facts(folder, options), progress, on_share)


def _check_paths(inputs: list[str], output: str, options: PredictOptions) -> None:
    paths.check_paths(inputs, output, options.rejects)
    named = {"--rejects": options.rejects, "--lexicon": options.lexicon, "--model": options.model}
    for path in inputs:
        check_outside_parts(output, {"the input": path, **named})
    if options.spreadsheet_safe:
        paths.check_spreadsheet_paths([output, options.rejects])
    if options.resume and output == paths.STDIO:
        raise OptionError("--resume: output to stdout cannot be resumed; give --output the name of a file")


def _checksum(lexicon: str) -> str:
    return hashlib.sha256(read_file(Path(lexicon), MAX_LEXICON_BYTES, follow_links=True)).hexdigest()


def _run_facts(folder: ModelFolder, options: PredictOptions) -> dict[str, Any]:
    """Return what the output depends on beside the inputs; a run resumes only where all of it is the same."""
    privacy, lexicon = options.privacy, options.lexicon
    return {
        "the version of stance": version("stance"),
        "the model": folder.sha256,
        "--targets": list(options.targets),
        "--lexicon": None if lexicon is None else _checksum(lexicon),
        "--probabilities": options.probabilities,
        "--min-confidence": options.min_confidence,
        "--explain": options.explain,
        "--drop": list(privacy.dropped),
        "--hash": list(privacy.hashed),
        "--salt": hashlib.sha256(privacy.key).hexdigest() if privacy.hashed else None,
        "--spreadsheet-safe": options.spreadsheet_safe,
    }
