"""A model with attitudes, trained once for the tests of a file."""

import pytest

from stance.model.model import Model
from tests.helpers.attitudes import trained


@pytest.fixture(scope="module")
def model() -> Model:
    return trained()
