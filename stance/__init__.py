"""Stance, tone and attitude toward each country in reader comments.

Everything in `__all__` keeps its name and meaning within a minor version; everything else may move.

Examples
--------
>>> import stance
>>> model = stance.load()
>>> model.predict(["Nobody believes that report"]).columns[:2].tolist()
['text', 'stance']
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, which a file of the working folder could be named as under `python -m stance`
if TYPE_CHECKING:
    from typing import Any

    from stance.model.model import Model
    from stance.model.persistence import load_model as load
    from stance.model.predictions import Predictions
    from stance.training.estimator import StanceClassifier
    from stance.workflow.agree import agree
    from stance.workflow.check import check
    from stance.workflow.evaluate import evaluate
    from stance.workflow.explain import explain
    from stance.workflow.export import export
    from stance.workflow.predict import predict
    from stance.workflow.train import train

__version__ = "0.1.0"
__all__ = [
    "Model",
    "Predictions",
    "StanceClassifier",
    "agree",
    "check",
    "evaluate",
    "explain",
    "export",
    "load",
    "predict",
    "train",
]

# each is imported when it is first used, so that `import stance` and `stance --help` take no time
_HOMES = {
    "Model": "model.model:Model",
    "Predictions": "model.predictions:Predictions",
    "StanceClassifier": "training.estimator:StanceClassifier",
    "agree": "workflow.agree:agree",
    "check": "workflow.check:check",
    "evaluate": "workflow.evaluate:evaluate",
    "explain": "workflow.explain:explain",
    "export": "workflow.export:export",
    "load": "model.persistence:load_model",
    "predict": "workflow.predict:predict",
    "train": "workflow.train:train",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'stance' has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    found = getattr(import_module(f"stance.{module}"), attribute)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
