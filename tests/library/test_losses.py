import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dlcourse import functional as F
from dlcourse.losses import BCEWithLogitsLoss, CrossEntropyLoss, Loss, MSELoss

Z = np.array([[0.3, -1.2], [2.0, 0.1]])
CASES = {
    "MSELoss": (MSELoss, "mse_loss", np.ones((2, 2))),
    "BCEWithLogitsLoss": (BCEWithLogitsLoss, "binary_cross_entropy_with_logits", np.array([[0, 1], [1, 1]])),
    "CrossEntropyLoss": (CrossEntropyLoss, "cross_entropy", np.array([0, 1])),
}
every_loss = pytest.mark.parametrize("name", list(CASES))


@every_loss
def test_forward_is_the_function_and_a_float(name: str) -> None:
    loss, op, y = CASES[name]
    value = loss().forward(Z, y)
    assert value == loss()(Z, y) == getattr(F, op)(Z, y)[0]
    assert type(value) is float


@every_loss
def test_backward_is_the_functions_gradient(name: str) -> None:
    make, op, y = CASES[name]
    loss = make()
    loss.forward(Z, y)
    assert_array_equal(loss.backward(), getattr(F, f"{op}_backward")(getattr(F, op)(Z, y)[1]))


@every_loss
def test_backward_before_forward_says_so(name: str) -> None:
    with pytest.raises(RuntimeError, match=rf"{name}\(\) has nothing to go back through: call forward before backward"):
        CASES[name][0]().backward()


def test_every_loss_is_tested_here() -> None:
    assert {make for make, _, _ in CASES.values()} == set(Loss.__subclasses__())
