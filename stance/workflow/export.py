"""`export`: a model to a fitted scikit-learn pipeline."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from stance.atomic import make_folder, open_atomic
from stance.errors import OptionError
from stance.model.persistence import load_model
from stance.strings import listed
from stance.tables.paths import check_name, check_replaceable


def export(out: str, *, model: str | None = None, head: str | None = None) -> None:
    """Write a model as a fitted scikit-learn pipeline with the same probabilities, to be read by joblib.

    Parameters
    ----------
    out : str
        Path of the file to write.
    model : str, optional
        Model folder; by default the bundled model.
    head : str, optional
        The only head to export; without it the pipeline has an output for each.

    Raises
    ------
    OptionError, ModelError
        If there is no such head, the model cannot be opened, or the file cannot be written.

    Examples
    --------
    >>> import joblib, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "tone.joblib")
    >>> export(path, head="tone")
    >>> joblib.load(path).predict(["what a shame"]).tolist()
    ['negative']
    """
    import joblib

    from stance.model.sklearn_export import to_pipeline

    check_name(out, "OUT")
    check_replaceable(out)
    loaded = load_model(model)
    if head is not None and head not in loaded.classifiers:
        raise OptionError(f"no head {head!r}; the model has {listed(list(loaded.classifiers))}")
    content = BytesIO()
    joblib.dump(to_pipeline(loaded, head), content)
    try:
        make_folder(Path(out).parent)
        with open_atomic(out) as file:
            file.write(content.getvalue())
    except OSError as error:
        raise OptionError(f"{out}: cannot be written ({error.strerror}); choose another name or folder") from None
