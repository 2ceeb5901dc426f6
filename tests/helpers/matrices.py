"""Sparse matrices: one to train on, and a comparison."""

from __future__ import annotations

from scipy.sparse import csr_matrix
from scipy.sparse import random as random_matrix


def assert_equal(ours: csr_matrix, theirs: csr_matrix) -> None:
    assert ours.shape == theirs.shape
    assert abs(ours - theirs).max() < 1e-6


ROWS = csr_matrix(random_matrix(40, 30, density=0.2, random_state=0))
