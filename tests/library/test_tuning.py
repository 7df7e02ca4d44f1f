import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dlcourse import optim
from dlcourse.layers import Linear, ReLU, Sequential, Sigmoid
from dlcourse.losses import CrossEntropyLoss
from dlcourse.optim import Adam, Optimizer
from dlcourse.train import fit
from dlcourse.tuning import Result, Trial, choice, grow, integer, log_uniform, samplers, search, uniform
from dlcourse.tuning.gaussian_process import expected_improvement, posterior
from dlcourse.tuning.samplers import counted, genetic
from dlcourse.tuning.search import quiet
from dlcourse.tuning.space import Number, decode, grid, point_at, random_point

METHODS = ("random", "grid", "tpe", "genetic", "gp")
each_method = pytest.mark.parametrize("method", METHODS)

BOWL = {"x": uniform(-1, 1), "y": uniform(-1, 1)}
#: As networks have it: the best rate and width lie on logarithmic scales, one setting hardly matters, one is a choice.
VALLEY = {
    "lr": log_uniform(1e-5, 1),
    "hidden": integer(4, 256, log=True),
    "decay": uniform(0, 1),
    "activation": choice("sigmoid", "relu", "tanh"),
}


def bowl(x: float, y: float) -> float:
    return (x - 0.3) ** 2 + (y + 0.5) ** 2


def valley(lr: float, hidden: int, decay: float, activation: str) -> float:
    width = (np.log2(hidden) - 5) ** 2 / 8
    return (np.log10(lr) + 2.2) ** 2 + width + (decay - 0.3) ** 2 / 5 + 0.3 * (activation != "relu")


def run(method: str, seed: int = 0, budget: int = 20, **settings: Any) -> Result:
    return search(bowl, BOWL, method, budget, rng=np.random.default_rng(seed), **settings)


def best_values(objective: Callable[..., float], space: dict[str, Any], method: str, budget: int, seeds: int) -> list:
    return [search(objective, space, method, budget, rng=np.random.default_rng(s)).best_value for s in range(seeds)]


# --- Spaces ----------------------------------------------------------------------------------------------------------

spaces = st.one_of(
    st.tuples(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3)).map(lambda t: uniform(t[0], t[0] + t[1])),
    st.tuples(st.floats(1e-6, 1e3), st.floats(1.01, 1e6)).map(lambda t: log_uniform(t[0], t[0] * t[1])),
    st.tuples(st.integers(-50, 50), st.integers(1, 100)).map(lambda t: integer(t[0], t[0] + t[1])),
    st.tuples(st.integers(1, 50), st.integers(1, 1000)).map(lambda t: integer(t[0], t[0] + t[1], log=True)),
)


@given(spaces, st.floats(0, 1))
def test_every_place_of_a_ruler_holds_a_value_of_its_range(number: Number, u: float) -> None:
    value = number.at(u)
    assert number.low <= value <= number.high
    assert isinstance(value, int if number.whole else float)


@given(spaces)
def test_both_ends_of_a_ruler_are_the_ends_of_its_range(number: Number) -> None:
    assert number.at(0.0) == number.low
    assert number.at(1.0) == pytest.approx(number.high, rel=1e-12)


@given(spaces, st.floats(0, 1))
def test_a_value_is_found_where_it_was_read(number: Number, u: float) -> None:
    assert number.at(number.place(number.at(u))) == pytest.approx(number.at(u), rel=1e-9, abs=1e-9)


@given(spaces, st.integers(2, 30))
def test_a_spread_holds_both_ends_and_no_value_twice(number: Number, count: int) -> None:
    values = number.spread(count)
    assert values[0] == number.low
    assert values[-1] == pytest.approx(number.high, rel=1e-12)
    assert len(set(values)) == len(values) <= count


def draws(dimension: Any, n: int = 20_000) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.array([random_point({"a": dimension}, rng)["a"] for _ in range(n)])


def test_uniform_draws_are_evenly_spread() -> None:
    counts, _ = np.histogram(draws(uniform(-1, 3)), bins=4, range=(-1, 3))
    assert_array_equal(np.abs(counts / 5000 - 1) < 0.05, True)


def test_log_uniform_draws_fall_equally_often_into_each_power_of_ten() -> None:
    counts, _ = np.histogram(np.log10(draws(log_uniform(1e-4, 1))), bins=4, range=(-4, 0))
    assert_array_equal(np.abs(counts / 5000 - 1) < 0.05, True)


def test_every_integer_is_drawn_equally_often_also_the_first_and_the_last() -> None:
    counts = np.bincount(draws(integer(0, 4)).astype(int))
    assert_array_equal(np.abs(counts / 4000 - 1) < 0.05, True)


def test_every_option_is_drawn_equally_often() -> None:
    counts = np.bincount(draws(choice("a", "b", "c", "d")).astype(int))
    assert_array_equal(np.abs(counts / 5000 - 1) < 0.05, True)


def test_an_option_may_be_anything() -> None:
    options = (ReLU, np.array([1.0, 2.0]), [64, 64], None)
    seen: list[Any] = []

    def objective(option: Any) -> float:
        seen.append(option)
        return float(len(seen))

    search(objective, {"option": choice(*options)}, "grid", 4, rng=np.random.default_rng(0))
    assert all(a is b for a, b in zip(seen, options, strict=True))


# --- Grid ------------------------------------------------------------------------------------------------------------


def test_a_grid_covers_every_corner() -> None:
    space = {"lr": log_uniform(1e-3, 1), "layers": integer(1, 5), "activation": choice("relu", "tanh")}
    result = search(lambda **params: 0.0, space, "grid", 30, rng=np.random.default_rng(0))
    tried = {tuple(trial.params.values()) for trial in result.trials}
    assert {(lr, n, a) for lr in (1e-3, 1.0) for n in (1, 5) for a in ("relu", "tanh")} <= tried


@pytest.mark.parametrize(("budget", "points"), [(4, 4), (8, 6), (9, 9), (30, 30), (35, 30), (36, 36), (100, 100)])
def test_a_grid_takes_as_many_values_of_each_as_the_budget_allows(budget: int, points: int) -> None:
    assert len(grid(BOWL, budget)) == points


def test_a_grid_ends_when_every_combination_was_tried() -> None:
    space = {"layers": integer(1, 3), "activation": choice("relu", "tanh")}
    result = search(lambda layers, activation: layers, space, "grid", 100, rng=np.random.default_rng(0))
    assert len({tuple(trial.params.values()) for trial in result.trials}) == len(result.trials) == 6


def test_a_grid_turns_its_last_name_fastest() -> None:
    rates = [(trial.params["x"], trial.params["y"]) for trial in run("grid", budget=4).trials]
    assert rates == [(-1, -1), (-1, 1), (1, -1), (1, 1)]


def test_a_logarithmic_grid_steps_by_factors() -> None:
    rates = [point["lr"] for point in grid({"lr": log_uniform(1e-4, 1)}, 5)]
    assert rates == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1, 1])


def test_a_budget_too_small_for_the_corners_is_refused() -> None:
    with pytest.raises(ValueError, match=r"grid search got budget=3: expected at least 4, one trial for each corner"):
        run("grid", budget=3)


# --- Finding the best ------------------------------------------------------------------------------------------------


@each_method
def test_every_method_comes_near_the_bottom_of_a_bowl(method: str) -> None:
    """A single guess is 0.67 above the bottom in the median."""
    assert np.median(best_values(bowl, BOWL, method, 30, seeds=5)) < 0.06


@pytest.mark.parametrize(("method", "share"), [("tpe", 0.6), ("genetic", 0.7), ("gp", 0.05)])
def test_methods_that_learn_from_earlier_trials_beat_chance_at_the_same_budget(method: str, share: float) -> None:
    chance = np.median(best_values(valley, VALLEY, "random", 40, seeds=15))
    assert np.median(best_values(valley, VALLEY, method, 40, seeds=15 if method != "gp" else 3)) < share * chance


def test_random_search_beats_a_grid_where_few_dimensions_matter() -> None:
    """Of 81 points on a grid of four dimensions, only three differ in the one that matters (Bergstra and Bengio, 2012)."""
    space = {name: uniform(0, 1) for name in "abcd"}

    def mostly_a(a: float, b: float, c: float, d: float) -> float:
        return (a - 0.27) ** 2 + 1e-4 * (b + c + d)

    (on_grid,) = best_values(mostly_a, space, "grid", 81, seeds=1)
    assert max(best_values(mostly_a, space, "random", 81, seeds=10)) < on_grid / 2


@each_method
def test_the_largest_value_is_found_with_maximize(method: str) -> None:
    up = search(lambda x, y: -bowl(x, y), BOWL, method, 20, rng=np.random.default_rng(0), maximize=True)
    assert up.best_value == max(trial.value for trial in up.trials)
    assert [trial.params for trial in up.trials] == [trial.params for trial in run(method).trials]


@pytest.mark.parametrize("budget", [10, 20, 39, 100, 1000])
def test_a_generation_is_at_most_a_fifth_of_the_budget(budget: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samplers, "NSGAIISampler", lambda population_size, seed: population_size)
    assert 2 <= genetic(BOWL, budget)(np.random.default_rng(0)) <= budget / 5


def test_a_genetic_search_of_too_small_a_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="genetic search got budget=9: expected at least 10, five generations of two"):
        run("genetic", budget=9)


@each_method
def test_one_seed_gives_one_search(method: str) -> None:
    assert run(method, seed=3).trials == run(method, seed=3).trials


@pytest.mark.parametrize("method", [m for m in METHODS if m != "grid"])
def test_another_seed_gives_another_search(method: str) -> None:
    assert run(method, seed=3).trials != run(method, seed=4).trials


@each_method
def test_every_trial_lies_in_the_space(method: str) -> None:
    for trial in search(valley, VALLEY, method, 30, rng=np.random.default_rng(0)).trials:
        assert 1e-5 <= trial.params["lr"] <= 1
        assert trial.params["hidden"] in range(4, 257)
        assert trial.params["activation"] in ("sigmoid", "relu", "tanh")
        assert list(trial.params) == list(VALLEY)


@pytest.mark.parametrize("method", ["random", "tpe", "gp"])
@pytest.mark.parametrize("budget", [1, 2, 5])
def test_small_budgets_are_spent_exactly(method: str, budget: int) -> None:
    assert len(run(method, budget=budget).trials) == budget


# --- The Gaussian process --------------------------------------------------------------------------------------------


def test_the_posterior_passes_through_smooth_data_and_doubts_what_lies_between() -> None:
    X = np.linspace(0, 1, 6)[:, None]
    mean, sd = posterior(X, np.sin(4 * X[:, 0]), np.array([[0.4], [0.5]]))
    assert mean == pytest.approx(np.sin([1.6, 2.0]), abs=0.02)
    assert sd[0] < sd[1]


@given(st.floats(-3, 3), st.floats(0.1, 3), st.floats(-3, 3))
def test_expected_improvement_is_the_mean_gain_of_many_draws(mean: float, sd: float, best: float) -> None:
    draws = mean + sd * np.random.default_rng(0).normal(size=20_000)
    gain = np.maximum(best - draws, 0).mean()
    assert expected_improvement(np.array([mean]), np.array([sd]), best)[0] == pytest.approx(gain, abs=0.03 * sd)


def test_expected_improvement_is_zero_where_there_is_no_doubt_and_nothing_to_gain() -> None:
    assert expected_improvement(np.array([2.0]), np.array([0.0]), best=1.0)[0] == 0


def test_one_exploded_run_does_not_blind_the_gaussian_process() -> None:
    def cliff(x: float, y: float) -> float:
        return 1e12 if x > 0.6 else bowl(x, y)

    assert max(best_values(cliff, BOWL, "gp", 25, seeds=3)) < 0.01


def test_the_gaussian_process_keeps_away_from_where_trials_fail() -> None:
    def cliff(x: float, y: float) -> float:
        return np.nan if x > 0 else y**2 - x

    late = run_of(cliff, "gp", 30).trials[20:]
    assert sum(trial.failed for trial in late) <= 5


def run_of(objective: Callable[..., float], method: str, budget: int) -> Result:
    return search(objective, BOWL, method, budget, rng=np.random.default_rng(0))


# --- Results ---------------------------------------------------------------------------------------------------------


def test_best_so_far_never_gets_worse_and_ends_at_the_best() -> None:
    result = run("random")
    so_far = result.best_so_far()
    assert np.all(np.diff(so_far) <= 0)
    assert so_far[-1] == result.best_value == bowl(**result.best_params)


def test_best_so_far_of_the_largest_never_falls() -> None:
    so_far = run("random", maximize=True).best_so_far()
    assert np.all(np.diff(so_far) >= 0)


def test_trials_come_in_order() -> None:
    assert [trial.number for trial in run("tpe").trials] == list(range(20))


def test_the_table_has_a_line_for_each_trial_and_marks_the_best() -> None:
    result = run("random", budget=5)
    head, *lines = result.table().splitlines()
    assert head.split() == ["trial", "x", "y", "value"]
    assert [line.startswith("*") for line in lines] == [trial is result.best for trial in result.trials]


def test_repr_is_one_line() -> None:
    result = Result("gp", [Trial(0, {"lr": 0.123456, "net": ReLU}, 0.5)])
    assert repr(result) == "Result(gp, 1 trials, best 0.5 at lr=0.1235, net=ReLU)"


def test_callbacks_see_every_trial_and_may_end_the_search() -> None:
    lengths: list[int] = []

    def enough(result: Result) -> bool:
        lengths.append(len(result.trials))
        return len(lengths) == 3

    assert len(run("random", callbacks=[enough]).trials) == 3
    assert lengths == [1, 2, 3]


def test_interrupting_returns_what_was_found() -> None:
    def objective(x: float, y: float) -> float:
        calls.append(x)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return x

    calls: list[float] = []
    result = run_of(objective, "random", 20)
    assert [trial.failed for trial in result.trials] == [False, False, False, True]


# --- Failed trials ---------------------------------------------------------------------------------------------------


@each_method
@pytest.mark.parametrize(
    "failure", [np.nan, np.inf, -np.inf, FloatingPointError("the loss became nan at step 7")], ids=str
)
def test_a_failed_trial_is_counted_and_the_search_goes_on(method: str, failure: float | Exception) -> None:
    def objective(x: float, y: float) -> float:
        if x < 0 or y == -1:
            if isinstance(failure, Exception):
                raise failure
            return failure
        return bowl(x, y)

    result = run_of(objective, method, 16)
    failed = [trial for trial in result.trials if trial.failed]
    assert len(result.trials) == 16
    assert failed == [trial for trial in result.trials if trial.params["x"] < 0 or trial.params["y"] == -1] != []
    assert result.best_params["x"] >= 0


def test_a_failed_trial_says_why() -> None:
    def objective(x: float, y: float) -> float:
        raise FloatingPointError("the loss became nan at step 7")

    (trial,) = run_of(objective, "random", 1).trials
    assert repr(trial).endswith("failed: the loss became nan at step 7)")


def test_training_that_explodes_is_a_failed_trial() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 2)), rng.integers(2, size=40)

    def loss(lr: float) -> float:
        net = Sequential(Linear(2, 2, rng=np.random.default_rng(0)), Linear(2, 2, rng=np.random.default_rng(1)))
        optimizer = optim.SGD(net.parameters(), lr=lr)
        history = fit(net, CrossEntropyLoss(), optimizer, X, y, epochs=20, rng=np.random.default_rng(2), progress=False)
        return history.loss[-1]

    result = search(loss, {"lr": log_uniform(1e-3, 1e200)}, "grid", 2, rng=rng)
    assert [trial.failed for trial in result.trials] == [False, True]


def test_where_all_failed_asking_for_the_best_is_an_error() -> None:
    result = run_of(lambda x, y: np.nan, "random", 3)
    with pytest.raises(ValueError, match="none of 3 trials gave a finite number"):
        result.best


def test_where_all_failed_repr_and_table_still_tell() -> None:
    result = run_of(lambda x, y: np.nan, "random", 3)
    assert repr(result) == "Result(random, 3 trials, 3 failed)"
    assert result.table().count("failed") == 3
    assert np.isnan(result.best_so_far()).all()


def test_any_other_error_of_the_objective_comes_through() -> None:
    def objective(x: float, y: float) -> float:
        raise KeyError("learning_rate")

    with pytest.raises(KeyError, match="learning_rate"):
        run_of(objective, "random", 3)


def test_an_objective_that_forgets_to_return_is_told_so() -> None:
    with pytest.raises(TypeError, match=r"the objective returned None at x=.*, y=.*: expected a number"):
        run_of(lambda x, y: None, "random", 3)  # type: ignore[arg-type,return-value]


# --- One search, several processes -----------------------------------------------------------------------------------

# Its first trial waits for a line on stdin, so that both processes are sure to be in the middle of one at the same time.
WORKER = """
import sys
import numpy as np
from dlcourse.tuning import search, uniform

calls = []

def objective(x, y):
    calls.append(x)
    if len(calls) == 1:
        print("begun", flush=True)
        sys.stdin.readline()
    return (x - 0.3) ** 2 + (y + 0.5) ** 2

method, budget, storage = sys.argv[1:]
space = {"x": uniform(-1, 1), "y": uniform(-1, 1)}
search(objective, space, method, int(budget), rng=np.random.default_rng(0), storage=storage)
print(len(calls))
"""


def two_processes(method: str, budget: int, storage: Path) -> list[int]:
    """How many trials each of two processes made that share a search."""
    command = [sys.executable, "-W", "error", "-c", WORKER, method, str(budget), str(storage)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    workers = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "begun\n"
    return [int(worker.communicate("go\n", timeout=60)[0]) for worker in workers]


@each_method
def test_two_processes_share_one_budget(method: str, tmp_path: Path) -> None:
    calls = two_processes(method, 16, tmp_path / "search.log")
    assert min(calls) >= 1
    assert sum(calls) == len(run(method, budget=16, storage=tmp_path / "search.log").trials) == 16


@pytest.mark.parametrize("method", ["random", "grid"])
def test_two_processes_make_the_same_trials_as_one(method: str, tmp_path: Path) -> None:
    two_processes(method, 16, tmp_path / "search.log")
    assert run(method, budget=16, storage=tmp_path / "search.log").trials == run(method, budget=16).trials


def test_a_last_trial_that_two_processes_begin_at_once_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with quiet():
        study = optuna.create_study()
    study.ask()  # the other process was faster by a moment: our first look still saw no trial
    looks = iter([lambda study: [], counted, counted])
    monkeypatch.setattr(samplers, "counted", lambda study: next(looks)(study))
    assert samplers.begin(study, BOWL, budget=1) is None
    assert [trial.number for trial in counted(study)] == [0]


@each_method
def test_a_search_in_a_file_is_the_search_in_memory(method: str, tmp_path: Path) -> None:
    assert run(method, storage=tmp_path / "search.log").trials == run(method).trials


@pytest.mark.parametrize("method", ["random", "tpe", "gp"])
def test_a_larger_budget_goes_on_where_the_file_ends(method: str, tmp_path: Path) -> None:
    short = run(method, budget=4, storage=tmp_path / "search.log")
    long = run(method, budget=9, storage=tmp_path / "search.log")
    assert (long.trials[:4], len(long.trials)) == (short.trials, 9)


@pytest.mark.parametrize(
    "other",
    [{"method": "tpe"}, {"maximize": True}, {"space": {"x": uniform(-1, 1), "y": uniform(-1, 2)}}],
    ids=["method", "direction", "space"],
)
def test_a_file_of_another_search_is_refused(other: dict[str, Any], tmp_path: Path) -> None:
    settings = {"space": BOWL, "method": "random", "rng": np.random.default_rng(0), "storage": tmp_path / "search.log"}
    search(bowl, budget=2, **settings)
    with pytest.raises(
        ValueError, match=r"search.log holds a random search for the smallest value over .*: name another file"
    ):
        search(bowl, budget=2, **(settings | other))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"there is no folder .*nowhere, make it first"):
        run("random", storage=tmp_path / "nowhere" / "search.log")


# --- Errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: uniform(2, 1), ValueError, r"uniform\(2.0, 1.0\): expected two finite numbers, the lower one first"),
        (lambda: uniform(1, 1), ValueError, r"uniform\(1.0, 1.0\): expected two finite numbers"),
        (lambda: uniform(0, np.inf), ValueError, r"uniform\(0.0, inf\): expected two finite numbers"),
        (lambda: uniform(np.nan, 1), ValueError, r"uniform\(nan, 1.0\): expected two finite numbers"),
        (lambda: log_uniform(1, 0.1), ValueError, r"log_uniform\(1.0, 0.1\): expected two finite numbers"),
        (
            lambda: log_uniform(0, 1),
            ValueError,
            r"log_uniform\(0.0, 1.0\): expected low > 0, since 0.0 has no logarithm",
        ),
        (lambda: integer(3, 2), ValueError, r"integer\(3, 2\): expected two finite numbers, the lower one first"),
        (lambda: integer(0, 8, log=True), ValueError, r"integer\(0, 8\): expected low > 0, since 0 has no logarithm"),
        (lambda: integer(1, 2.5), TypeError, r"integer\(1, 2.5\): expected whole numbers, or use uniform\(1, 2.5\)"),
        (lambda: choice(), ValueError, r"choice\(\): expected two options or more"),
        (
            lambda: choice(["relu", "tanh"]),
            ValueError,
            r"choice\(\['relu', 'tanh'\]\): expected two options or more, as in",
        ),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(
    make: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"method": "bayes"}, ValueError, "search got method='bayes': expected one of random, grid, tpe, genetic, gp"),
        ({"space": {}}, ValueError, "search got an empty space: name what may vary"),
        ({"space": {"x": 0.1}}, TypeError, r"search got 0.1 for 'x': expected uniform\(...\)"),
        ({"budget": 0}, ValueError, "search got budget=0: expected a whole number of trials, at least 1"),
        ({"budget": 1.5}, ValueError, "search got budget=1.5: expected a whole number of trials"),
        ({"rng": 0}, TypeError, "got rng=0: expected a np.random.Generator"),
    ],
    ids=["method", "empty", "number", "none", "half", "rng"],
)
def test_a_search_that_makes_no_sense_is_refused(
    settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    usual = {"space": BOWL, "method": "random", "budget": 5, "rng": np.random.default_rng(0)}
    with pytest.raises(error, match=message):
        search(bowl, **(usual | settings))


# --- Optuna stays in the background ----------------------------------------------------------------------------------


def test_optuna_is_not_loaded_before_a_search() -> None:
    code = (
        "import sys, dlcourse, dlcourse.tuning; print([m for m in ('optuna', 'sklearn', 'scipy') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@each_method
def test_a_search_says_nothing_on_its_own(method: str, capfd: pytest.CaptureFixture[str]) -> None:
    run(method)
    assert capfd.readouterr() == ("", "")


def test_a_learners_own_use_of_optuna_keeps_its_log() -> None:
    before = optuna.logging.get_verbosity()
    run("random")
    assert optuna.logging.get_verbosity() == before


# --- Growing ---------------------------------------------------------------------------------------------------------

OPTIMIZERS = [
    kind
    for kind in vars(optim).values()
    if isinstance(kind, type) and issubclass(kind, Optimizer) and kind is not Optimizer
]
EXTRAS = {"weight_decay": 0.1, "momentum": 0.9}


def shallow(rng: np.random.Generator) -> Sequential:
    return Sequential(Linear(2, 8, rng=rng), ReLU(), Linear(8, 3, rng=rng))


def train_steps(net: Sequential, optimizer: Optimizer, steps: int = 10) -> float:
    rng, loss = np.random.default_rng(1), CrossEntropyLoss()
    for _ in range(steps):
        value = loss.forward(net(rng.normal(size=(16, 2))), rng.integers(3, size=16))
        optimizer.zero_grad()
        net.backward(loss.backward())
        optimizer.step()
    return value


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.__name__)
def test_frozen_layers_stay_bit_for_bit_and_the_others_learn(kind: type[Optimizer]) -> None:
    rng = np.random.default_rng(0)
    net = shallow(rng)
    train_steps(net, Adam(net.parameters()))
    net = grow(net, Linear(8, 8, rng=rng), ReLU())
    before = [p.value.copy() for p in net.parameters()]
    takes = inspect.signature(kind).parameters
    train_steps(net, kind(net.parameters(), lr=0.01, **{k: v for k, v in EXTRAS.items() if k in takes}))
    same = [p.value.tobytes() == b.tobytes() for p, b in zip(net.parameters(), before, strict=True)]
    assert same == [True, True, False, False, False, False]


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.__name__)
def test_freezing_in_mid_training_leaves_no_momentum_behind(kind: type[Optimizer]) -> None:
    net = shallow(np.random.default_rng(0))
    takes = inspect.signature(kind).parameters
    optimizer = kind(net.parameters(), lr=0.01, **{k: v for k, v in EXTRAS.items() if k in takes})
    train_steps(net, optimizer)
    net[0].requires_grad_(False)
    before = net[0].weight.value.tobytes()  # type: ignore[attr-defined]
    train_steps(net, optimizer)
    assert net[0].weight.value.tobytes() == before  # type: ignore[attr-defined]


def test_growing_keeps_the_layers_and_puts_the_new_ones_before_the_output() -> None:
    rng = np.random.default_rng(0)
    net, new = shallow(rng), Linear(8, 8, rng=rng)
    grown = grow(net, new)
    assert list(grown) == [net[0], net[1], new, net[2]]


def test_what_follows_the_output_stays_behind_it() -> None:
    rng = np.random.default_rng(0)
    net = Sequential(Linear(2, 8, rng=rng), ReLU(), Linear(8, 1, rng=rng), Sigmoid())
    kinds = [type(layer) for layer in grow(net, Linear(8, 8, rng=rng), ReLU())]
    assert kinds == [Linear, ReLU, Linear, ReLU, Linear, Sigmoid]


def test_growing_twice_freezes_the_first_addition_too() -> None:
    rng = np.random.default_rng(0)
    net = grow(shallow(rng), Linear(8, 4, rng=rng), ReLU(), Linear(4, 8, rng=rng))
    net = grow(net, Linear(8, 8, rng=rng))
    assert [p.requires_grad for p in net.parameters()] == 6 * [False] + 4 * [True]


def test_growing_without_freezing_lets_everything_learn() -> None:
    rng = np.random.default_rng(0)
    net = grow(shallow(rng), Linear(8, 8, rng=rng), frozen=False)
    assert all(p.requires_grad for p in net.parameters())


def test_a_grown_network_learns() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = (np.hypot(*X.T) > 1).astype(int) + (X[:, 0] > 0)
    net = shallow(rng)
    first = fit(net, CrossEntropyLoss(), Adam(net.parameters(), lr=0.02), X, y, epochs=5, rng=rng, progress=False)
    net = grow(net, Linear(8, 8, rng=rng), ReLU())
    second = fit(net, CrossEntropyLoss(), Adam(net.parameters(), lr=0.02), X, y, epochs=20, rng=rng, progress=False)
    assert second.loss[-1] < first.loss[-1]


def test_thawed_layers_learn_again() -> None:
    net = shallow(np.random.default_rng(0))
    net = grow(net, Linear(8, 8, rng=np.random.default_rng(1))).requires_grad_()
    before = [p.value.copy() for p in net.parameters()]
    train_steps(net, Adam(net.parameters()))
    assert not any(np.array_equal(p.value, b) for p, b in zip(net.parameters(), before, strict=True))


def test_an_optimizer_that_is_told_of_the_new_layer_goes_on_with_what_it_remembers() -> None:
    rng = np.random.default_rng(0)
    net, new = shallow(rng), Linear(8, 8, rng=rng)
    optimizer = Adam(net.parameters())
    train_steps(net, optimizer)
    net = grow(net, new)
    optimizer.add_parameters(new.parameters())
    before = [p.value.copy() for p in net.parameters()]
    train_steps(net, optimizer)
    assert [np.array_equal(p.value, b) for p, b in zip(net.parameters(), before, strict=True)] == 2 * [True] + 4 * [
        False
    ]
    assert sorted(group.steps for group in optimizer.groups) == [10, 20]


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([], "grow got no layers: name what to add"),
        (
            [(8, 4)],
            r"grow would put Linear\(8, 4\) before Linear\(8, 3\): expected as many features out as the next takes in",
        ),
        ([(4, 8)], r"grow would put Linear\(2, 8\) before Linear\(4, 8\)"),
    ],
)
def test_layers_that_do_not_fit_are_refused(layers: list[tuple[int, int]], message: str) -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=message):
        grow(shallow(rng), *(Linear(*sizes, rng=rng) for sizes in layers))


def test_a_network_of_one_layer_has_nothing_to_freeze() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(
        ValueError, match="grow got a network with 1 layers that learn: expected a hidden one and an output"
    ):
        grow(Sequential(Linear(2, 2, rng=rng)), Linear(2, 2, rng=rng))


def test_a_refused_growth_freezes_nothing() -> None:
    rng = np.random.default_rng(0)
    net = shallow(rng)
    with pytest.raises(ValueError, match="grow would put"):
        grow(net, Linear(8, 4, rng=rng))
    assert all(p.requires_grad for p in net.parameters())


def test_a_point_is_decoded_in_the_order_of_the_space() -> None:
    space = {"b": choice("no", "yes"), "a": uniform(0, 1)}
    assert list(decode(space, {"a": 0.5, "b": 1}).items()) == [("b", "yes"), ("a", 0.5)]
    assert point_at(space, [0.9, 0.5]) == {"b": 1, "a": 0.5}
