"""Stance, tone and attitude toward each country in reader comments.

Examples
--------
>>> import stance
>>> model = stance.load()
>>> model.predict(["Nobody believes that report"]).columns[:2].tolist()
['text', 'stance']
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from stance.model.model import Model

__version__ = "0.1.0"


def load(folder: str | Path | None = None) -> Model:
    """Open a model.

    Parameters
    ----------
    folder : str or Path, optional
        A folder that `stance train` made; by default the bundled model.

    Returns
    -------
    Model

    Raises
    ------
    stance.errors.ModelError
        If it is no model folder, of another format, or damaged.
    """
    from stance.model.persistence import load_model  # here, so that `stance --help` need not import scikit-learn

    return load_model(folder)
