"""stance/workflow/predict.py."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from stance.errors import OptionError
from stance.model import manifest
from stance.tables import paths
from stance.tables.files import AS_USUAL
from stance.tables.options import TableOptions
from stance.tables.privacy import Privacy
from stance.workflow.batch import scoring
from stance.workflow.batch.reader import OPEN
from stance.workflow.loading import _opened

WITHOUT_MORE = scoring.Asked()


def predict(
    inputs: Sequence[str],
    output: str,
    *,
    model: str | None = None,
    options: TableOptions = AS_USUAL,
    asked: scoring.Asked = WITHOUT_MORE,
    lexicon: str | None = None,
    jobs: int = -1,
    progress: Callable[[int], None] = lambda rows: None,
    rejects: str | None = None,
    resume: bool = False,
    privacy: Privacy = OPEN,
) -> scoring.Tally:
    """Score tables into one.

    Parameters
    ----------
    inputs : sequence of str
        Paths of tables with the same columns.
    output : str
        Path of the result.
    model : str, optional
        Model folder; by default the bundled one.
    options : TableOptions
    asked : Asked
        What is to be written.
    lexicon : str, optional
        Path of a CSV with more aliases of targets.
    jobs : int
        Number of threads that score; -1 for one a core.
    progress : callable
        Told the number of rows after each part.
    rejects : str, optional
        Path of a table for the rows that cannot be read; without it the first one is refused.
    resume : bool
        Whether to go on with a job that was cut off.
    privacy : Privacy
        Columns to drop or to hash before anything is written.

    Returns
    -------
    Tally

    Raises
    ------
    TableError, OptionError, ModelError
        Nothing is written then.
    """
    paths.refuse_mixed_up(list(inputs), output, rejects)
    if asked.spreadsheet_safe:
        paths.refuse_no_spreadsheet([output, rejects])
    if resume and output == paths.STANDARD:
        raise OptionError("--resume: standard output cannot be taken up again; give --output the name of a file")
    loaded = _opened(model, lexicon)
    loaded.refuse_targets(asked.targets)
    about = {
        "the version of stance": version("stance"),
        "the model": manifest.read_manifest(model)["arrays_sha256"],
        "--drop": list(privacy.dropped),
        "--hash": list(privacy.hashed),
        "--salt": hashlib.sha256(privacy.key).hexdigest() if privacy.hashed else None,
        "--lexicon": None if lexicon is None else hashlib.sha256(Path(lexicon).read_bytes()).hexdigest(),
    }
    return scoring.score_tables(
        loaded,
        inputs,
        output,
        options,
        asked=asked,
        jobs=jobs,
        progress=progress,
        rejects=rejects,
        resume=resume,
        about=about,
        privacy=privacy,
    )
