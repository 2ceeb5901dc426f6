"""Vocabulary."""

from __future__ import annotations

import numpy as np
import pytest

from stance.features.tfidf import CollisionError
from stance.features.vocabulary import learn_vocabulary
from stance.settings import Settings
from tests.helpers.texts import TEXTS


def test_a_collision_while_learning_is_no_silent_change() -> None:
    with pytest.raises(CollisionError, match="share a hash"):
        learn_vocabulary(TEXTS, Settings(min_df=1), mask=np.uint64(0xFF))
