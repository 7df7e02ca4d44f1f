"""The stored curves of lesson 14: what PyTorch and scikit-learn got is what this library gets, batch by batch."""

import capstone_curves
import numpy as np
import pytest

from dlcourse import data


def stored(library):
    """The curve of one library, whatever its version."""
    (curve,) = (curve for name, curve in data.framework_curves().items() if name.split()[0] == library)
    return curve


def test_both_libraries_are_stored_with_their_versions():
    assert [name.split()[0] for name in data.framework_curves()] == ["PyTorch", "scikit-learn"]


def test_the_stored_curves_are_ours():
    ours = capstone_curves.ours()
    for curve in data.framework_curves().values():
        np.testing.assert_allclose(curve, ours, rtol=0, atol=1e-12)


def test_scikit_learn_of_today_walks_the_stored_curve():
    _, curve = capstone_curves.by_scikit_learn()
    np.testing.assert_allclose(curve, stored("scikit-learn"), rtol=0, atol=1e-10)


def test_pytorch_of_today_walks_the_stored_curve():
    pytest.importorskip("torch", reason="PyTorch is not installed: `make test-parity` installs it")
    _, curve = capstone_curves.by_torch()
    np.testing.assert_allclose(curve, stored("PyTorch"), rtol=0, atol=1e-10)
