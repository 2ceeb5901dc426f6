"""Batches through a model: every row is counted."""

from __future__ import annotations

import pytest

from stance.errors import ConservationError
from stance.workflow.batch.scoring import check_conservation


def test_a_lost_row_is_a_fault_of_the_program() -> None:
    check_conservation(3, 2, 1)
    with pytest.raises(ConservationError, match="3 rows were read, 2 scored and 0 rejected"):
        check_conservation(3, 2, 0)
