"""stance/workflow/export.py."""

from __future__ import annotations

from pathlib import Path

from stance import atomic
from stance.errors import OptionError
from stance.model import persistence
from stance.strings import listed


def export(out: str, *, model: str | None = None, head: str | None = None) -> None:
    """Write a model as a fitted scikit-learn pipeline.

    Parameters
    ----------
    out : str
        Path for the joblib file.
    model : str, optional
        Model folder; by default the bundled one.
    head : str, optional
        Make a plain classifier of this head alone.

    Raises
    ------
    ModelError, OptionError
    """
    from io import BytesIO

    import joblib

    from stance.model.sklearn_export import to_pipeline

    loaded = persistence.load_model(model)
    if head is not None and head not in loaded.classifiers:
        raise OptionError(f"no head {head!r}; the model has {listed(list(loaded.classifiers))}")
    content = BytesIO()
    joblib.dump(to_pipeline(loaded, head), content)
    atomic.write_files(Path(out).parent, {Path(out).name: content.getvalue()})
