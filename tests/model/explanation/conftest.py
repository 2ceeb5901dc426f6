"""A calibrated model with attitudes, trained once for the tests of a file."""

import pytest

from stance.model.model import Model
from stance.settings import Settings
from stance.training.stacking import fit
from tests.helpers.attitudes import HEADS, STRENGTHS, TEXTS


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(TEXTS, HEADS, STRENGTHS, Settings(min_df=2), tone_heads=["mood"]).with_temperatures(
        {"us": 1.3, "india": 1, "mood": 2}
    )
