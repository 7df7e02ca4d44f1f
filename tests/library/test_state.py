import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layer_cases import LAYERS, rng, spread
from numpy.testing import assert_array_equal

from dlcourse.layers import BatchNorm1d, Dropout, Layer, Linear, PReLU, ReLU, Residual, Sequential, Tanh
from dlcourse.losses import MSELoss
from dlcourse.optim import SGD

every_layer = pytest.mark.parametrize("name", list(LAYERS))


def network(seed: int = 0) -> Sequential:
    g = rng(seed)
    return Sequential(
        Linear(3, 4, rng=g), BatchNorm1d(4), ReLU(), Residual(Linear(4, 4, rng=g), Tanh()), Linear(4, 2, rng=g)
    )


def trained(seed: int = 0) -> Sequential:
    net = network(seed)
    net(rng(9).normal(2, 3, (16, 3)))
    return net


# --- state_dict ------------------------------------------------------------------------------------------------------


def test_keys_are_pytorchs_in_pytorchs_order() -> None:
    assert list(network().state_dict()) == [
        *("0.weight", "0.bias"),
        *("1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"),
        *("3.0.weight", "3.0.bias"),
        *("4.weight", "4.bias"),
    ]


def test_a_state_is_a_copy() -> None:
    net = network()
    net.state_dict()["0.weight"] += 1
    assert_array_equal(net.state_dict()["0.weight"], network().state_dict()["0.weight"])


@every_layer
def test_a_layer_that_is_given_the_state_of_another_computes_the_same(name: str) -> None:
    make, shape = LAYERS[name]
    one, other, x = make(np.float64), make(np.float64), spread(shape, rng())
    for p in one.parameters():
        p.value = p.value + rng().normal(size=p.value.shape)
    one(x)
    other.load_state_dict(one.state_dict())
    assert_array_equal(other.eval()(x), one.eval()(x))


def test_loading_writes_into_the_vector_that_the_optimizer_holds() -> None:
    net = network()
    window = net[0].weight.value
    net.load_state_dict(trained(1).state_dict())
    assert net[0].weight.value is window
    assert_array_equal(window, network(1)[0].weight.value)


def test_a_state_from_float64_fits_a_float32_layer() -> None:
    layer = Linear(3, 4, rng=rng(), dtype=np.float32)
    layer.load_state_dict(Linear(3, 4, rng=rng(1)).state_dict())
    assert layer.weight.value.dtype == np.float32


def without(state: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: array for name, array in state.items() if name != key}


def test_a_missing_name_is_named() -> None:
    state = without(network().state_dict(), "1.running_var")
    with pytest.raises(ValueError, match=r"^Sequential got a state with no 1.running_var: expected 0.weight, 0.bias, "):
        network().load_state_dict(state)


def test_an_unexpected_name_is_named() -> None:
    with pytest.raises(ValueError, match=r"got a state with an unknown 9.weight: expected 0.weight, "):
        network().load_state_dict(network().state_dict() | {"9.weight": np.ones(1)})


def test_missing_and_unexpected_names_are_told_at_once() -> None:
    state = without(network().state_dict(), "4.bias") | {"4.b": np.ones(2)}
    with pytest.raises(ValueError, match=r"with no 4.bias, an unknown 4.b: expected"):
        network().load_state_dict(state)


def test_a_state_for_a_layer_without_any_says_so() -> None:
    with pytest.raises(ValueError, match=r"ReLU got a state with an unknown weight: expected no names at all"):
        ReLU().load_state_dict({"weight": np.ones(2)})


def test_a_wrong_shape_is_named_and_nothing_is_loaded() -> None:
    net = network()
    state = network(1).state_dict() | {"4.weight": np.ones((2, 4))}
    with pytest.raises(ValueError, match=r"Sequential got 4.weight of shape \(2, 4\): expected \(4, 2\)"):
        net.load_state_dict(state)
    assert_array_equal(net[0].weight.value, network()[0].weight.value)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError, match=r"PReLU, weight, got an array of dtype <U1: expected numbers"):
        PReLU().load_state_dict({"weight": ["a"]})


def test_strict_false_takes_what_fits_by_name() -> None:
    net = network()
    net.load_state_dict({"0.weight": np.ones((3, 4)), "head.weight": np.ones(7)}, strict=False)
    assert_array_equal(net[0].weight.value, np.ones((3, 4)))
    assert_array_equal(net[4].weight.value, network()[4].weight.value)


def test_strict_false_still_wants_the_right_shape() -> None:
    with pytest.raises(ValueError, match=r"got 0.weight of shape \(4, 3\): expected \(3, 4\)"):
        network().load_state_dict({"0.weight": np.ones((4, 3))}, strict=False)


# --- save and load ---------------------------------------------------------------------------------------------------


@every_layer
def test_a_saved_layer_comes_back(name: str, tmp_path: Path) -> None:
    make, shape = LAYERS[name]
    one, other, x = make(np.float64), make(np.float64), spread(shape, rng())
    one(x)
    one.save(tmp_path / "layer.npz")
    other.load(tmp_path / "layer.npz")
    assert_array_equal(other.eval()(x), one.eval()(x))


def test_the_file_has_the_very_name_it_was_given(tmp_path: Path) -> None:
    network().save(tmp_path / "my.weights")
    assert [path.name for path in tmp_path.iterdir()] == ["my.weights"]
    network(1).load(str(tmp_path / "my.weights"))


def test_numpy_alone_can_read_the_file(tmp_path: Path) -> None:
    network().save(tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        assert_array_equal(file["0.weight"], network()[0].weight.value)


def test_a_missing_file_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        network().load(tmp_path / "nowhere.npz")


@pytest.mark.parametrize("content", [b"", b"hello", pickle.dumps({"0.weight": 1})], ids=["empty", "text", "pickle"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "net.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"net.npz is not an .npz file: expected one that save wrote"):
        network().load(path)


class Trap:
    def __reduce__(self) -> Any:
        return (pytest.fail, ("code from the file was run",))


def test_code_in_a_file_is_never_run(tmp_path: Path) -> None:
    np.savez(tmp_path / "net.npz", weight=np.array([Trap()], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        PReLU().load(tmp_path / "net.npz")


# --- Freezing --------------------------------------------------------------------------------------------------------


def test_freezing_reaches_every_parameter_inside_and_thawing_too() -> None:
    net = network()
    assert net.requires_grad_(False) is net
    assert not any(p.requires_grad for p in net.parameters())
    net[3].requires_grad_()
    assert [p.requires_grad for p in net.parameters()] == [False] * 4 + [True] * 2 + [False] * 2


def test_training_moves_what_is_not_frozen_and_nothing_else() -> None:
    net, loss, x = network(), MSELoss(), rng(5).normal(size=(8, 3))
    net[0].requires_grad_(False)
    before = net.state_dict()
    optimizer = SGD(net.parameters(), lr=0.1, momentum=0.9)
    for _ in range(3):
        loss.forward(net(x), np.zeros((8, 2)))
        optimizer.zero_grad()
        net.backward(loss.backward())
        optimizer.step()
    moved = {name for name, p in net.named_parameters().items() if (p.value != before[name]).any()}
    assert moved == set(net.named_parameters()) - {"0.weight", "0.bias"}


# --- summary ---------------------------------------------------------------------------------------------------------


def test_a_summary_lists_layers_shapes_and_parameters() -> None:
    net = Sequential(Linear(64, 32, rng=rng()), ReLU(), Residual(Linear(32, 32, rng=rng()), Tanh()))
    net[0].requires_grad_(False)
    assert repr(net.summary(64)) == "\n".join(
        [
            "    layer           output       parameters",
            "0   Linear(64, 32)  (N, 32)  2,080 (frozen)",
            "1   ReLU()          (N, 32)               0",
            "2.0 Linear(32, 32)  (N, 32)           1,056",
            "2.1 Tanh()          (N, 32)               0",
            "3,136 parameters, 1,056 of them trainable",
        ]
    )


def test_a_summary_in_a_notebook_is_a_table_with_the_same_cells() -> None:
    summary = network().summary((3,))
    html = summary._repr_html_()
    assert html.startswith(f"<table><caption>{summary.totals}</caption>")
    for row in summary.rows:
        for cell in row.cells:
            assert f">{cell}</td>" in html


def test_a_name_of_ones_own_cannot_break_the_table() -> None:
    class Odd(Tanh):
        def describe(self) -> str:
            return "<b>&"

    assert "Odd(&lt;b&gt;&amp;)" in Sequential(Odd()).summary(2)._repr_html_()


@every_layer
def test_every_layer_has_a_summary(name: str) -> None:
    make, shape = LAYERS[name]
    layer = make(np.float64)
    summary = layer.summary(shape[1:])
    assert summary.rows[-1].output == layer.eval()(np.zeros(shape)).shape[1:]
    assert summary.parameters == sum(p.value.size for p in layer.parameters())


def test_a_summary_leaves_the_network_as_it_was() -> None:
    net, twin, x = network(), network(), rng(3).normal(size=(5, 3))
    net(x)
    twin(x)
    net.summary(3)
    assert net.training
    assert_array_equal(net.backward(np.ones((5, 2))), twin.backward(np.ones((5, 2))))
    assert_array_equal(net.state_dict()["1.running_mean"], twin.state_dict()["1.running_mean"])


def test_a_summary_of_the_wrong_shape_names_the_layer() -> None:
    with pytest.raises(ValueError, match=r"^Linear\(3, 4\) got x of shape \(1, 5\): expected \(N, 3\)$"):
        network().summary(5)


# --- Residual --------------------------------------------------------------------------------------------------------


def test_a_residual_block_adds_its_input_to_what_its_layers_make_of_it() -> None:
    layers = Linear(3, 3, rng=rng()), Tanh()
    x = rng(1).normal(size=(5, 3))
    assert_array_equal(Residual(*layers)(x), x + Sequential(*layers)(x))


def test_an_empty_residual_block_doubles() -> None:
    assert_array_equal(Residual()(np.ones((2, 3))), np.full((2, 3), 2.0))


def test_the_gradient_passes_a_block_that_is_dead() -> None:
    block = Residual(Linear(3, 3, rng=rng()), ReLU())
    block[0].weight.value, block[0].bias.value = np.zeros((3, 3)), np.full(3, -1.0)
    block(np.ones((2, 3)))
    assert_array_equal(block.backward(np.full((2, 3), 7.0)), np.full((2, 3), 7.0))


def test_through_thirty_residual_blocks_the_gradient_survives() -> None:
    blocks = [(Linear(8, 8, rng=rng(i)), Tanh()) for i in range(30)]
    norms = []
    for net in (
        Sequential(*(layer for block in blocks for layer in block)),
        Sequential(*(Residual(*b) for b in blocks)),
    ):
        y = net(rng(99).normal(size=(4, 8)))
        norms.append(np.linalg.norm(net.backward(np.ones_like(y))))
    plain, residual = norms
    assert plain < 1e-4
    assert residual > 1


def test_layers_that_change_the_shape_are_refused() -> None:
    block = Residual(Linear(3, 1, rng=rng()))
    with pytest.raises(
        ValueError, match=r"Residual got x of shape \(5, 3\) and its layers made \(5, 1\) of it: expected the same"
    ):
        block(np.zeros((5, 3)))


def test_a_residual_block_can_skip_dx_as_the_first_layer() -> None:
    net = Sequential(Residual(Linear(3, 3, rng=rng())), Tanh())
    net.needs_input_grad = False
    assert net.backward(net(np.ones((5, 3)))) is None


def test_a_residual_block_says_its_own_name() -> None:
    assert repr(Residual(Tanh())) == "Residual(\n  (0): Tanh()\n)"
    with pytest.raises(TypeError, match="Residual got 3 in place 0: expected layers, as in Residual"):
        Residual(3)  # type: ignore[arg-type]


# --- Containers of everything ----------------------------------------------------------------------------------------


def test_train_and_eval_reach_every_layer_of_nested_blocks() -> None:
    drop, norm = Dropout(0.5, rng=rng()), BatchNorm1d(2)
    net = Sequential(Residual(Sequential(drop)), norm)
    net.eval()
    assert (drop.training, norm.training) == (False, False)
    net.train()
    assert (drop.training, norm.training) == (True, True)


@every_layer
def test_a_copied_layer_is_independent(name: str) -> None:
    make, shape = LAYERS[name]
    layer: Layer = make(np.float64)
    before, twin = layer.state_dict(), copy.deepcopy(layer)
    for p in twin.parameters():
        p.value += 1
    twin(spread(shape, rng()))
    for key, array in layer.state_dict().items():
        assert_array_equal(array, before[key])
