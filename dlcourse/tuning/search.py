"""Searching for hyperparameters: try points of a space, train with each, keep what did best on the validation set.

    for number in range(budget):
        params = what the method says, given the trials so far
        value = objective(**params)

Grid and random search ignore the trials so far; the others learn from them. The objective must not look at the test set: a search
overfits to what it looks at, like any training.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite, nan
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from dlcourse.functional.arrays import Array, as_generator
from dlcourse.tuning.space import Choice, Number, Params, Space, decode, grid

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class Trial:
    """One point that was tried and what came of it; value is nan, and error says why, where it failed.

    >>> Trial(3, {"lr": 0.1}, 0.25)
    Trial(3, lr=0.1, value=0.25)
    >>> Trial(4, {"lr": 1.0}, error="the loss became nan").failed
    True
    """

    number: int
    params: Params
    value: float = nan
    error: str = ""

    @property
    def failed(self) -> bool:
        """Whether it gave no number."""
        return not isfinite(self.value)

    def __repr__(self) -> str:
        outcome = f"failed: {self.error}" if self.failed else f"value={self.value:.4g}"
        return f"Trial({self.number}, {describe(self.params)}, {outcome})"


Objective: TypeAlias = Callable[..., float]
Callback: TypeAlias = Callable[["Result"], bool | None]


@dataclass(frozen=True)
class Result:
    """What a search found: its trials in order, and the best of them.

    >>> result = Result("random", [Trial(0, {"lr": 0.1}, 0.5), Trial(1, {"lr": 1.0}), Trial(2, {"lr": 0.2}, 0.25)])
    >>> result
    Result(random, 3 trials, 1 failed, best 0.25 at lr=0.2)
    >>> result.best_params, result.best_value, result.best_so_far()
    ({'lr': 0.2}, 0.25, array([0.5 , 0.5 , 0.25]))
    """

    method: str
    trials: list[Trial]
    maximize: bool = False

    @property
    def best(self) -> Trial:
        """The trial of the best value; the first of equals. If none gave a number, a ValueError."""
        good = [trial for trial in self.trials if not trial.failed]
        if not good:
            raise ValueError(f"none of {len(self.trials)} trials gave a finite number: see .trials for what each said")
        return (max if self.maximize else min)(good, key=lambda trial: trial.value)

    @property
    def best_params(self) -> Params:
        """Its hyperparameters."""
        return self.best.params

    @property
    def best_value(self) -> float:
        """Its value."""
        return self.best.value

    def best_so_far(self) -> Array:
        """The best value after each trial; nan before the first that gave a number.   -> (len(trials),)"""
        so_far: Array = (np.fmax if self.maximize else np.fmin).accumulate([trial.value for trial in self.trials])
        return so_far

    def table(self) -> str:
        """All trials, one a line, the best one marked.

        >>> print(Result("grid", [Trial(0, {"lr": 0.1, "hidden": 8}, 0.5), Trial(1, {"lr": 0.01, "hidden": 16}, 0.25)]).table())
           trial    lr  hidden  value
               0   0.1       8    0.5
        *      1  0.01      16   0.25
        """
        good = [trial for trial in self.trials if not trial.failed]
        rows = [["", "trial", *(self.trials[0].params if self.trials else ()), "value"]]
        for trial in self.trials:
            mark = "*" if good and trial is self.best else ""
            value = "failed" if trial.failed else show(trial.value)
            rows.append([mark, str(trial.number), *map(show, trial.params.values()), value])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(map(str.rjust, row, widths)) for row in rows)

    def __repr__(self) -> str:
        failed = sum(trial.failed for trial in self.trials)
        some = f", {failed} failed" if failed else ""
        best = "" if failed == len(self.trials) else f", best {self.best_value:.4g} at {describe(self.best_params)}"
        return f"Result({self.method}, {len(self.trials)} trials{some}{best})"


def search(
    objective: Objective,
    space: Space,
    method: str = "random",
    budget: int = 30,
    *,
    rng: np.random.Generator,
    maximize: bool = False,
    storage: str | Path | None = None,
    callbacks: Iterable[Callback] = (),
) -> Result:
    """Find params of the space that make objective(**params) small, or large with maximize=True, in budget trials.   -> Result

        random     each trial on its own (Bergstra and Bengio, 2012)
        grid       all combinations of evenly spread values, as many as the budget allows
        tpe        tree-structured Parzen estimator: likely among good trials, unlikely among others (Bergstra et al., 2011)
        genetic    NSGA-II: good trials are crossed and mutated (Deb et al., 2002)
        gp         Gaussian process, largest expected improvement (Jones et al., 1998)

    A trial whose objective returns nan or inf, or raises FloatingPointError as fit does when a loss explodes, has failed; the
    search goes on. Any other error ends it. After each trial every callback(result) is called; one that returns True ends the
    search, and so does interrupting the cell. One rng of one seed gives one search.

    With storage="search.log" the trials are kept in that file: processes that name the same file share one search and its
    budget, and calling again with a larger budget goes on from there.

    >>> from dlcourse.tuning.space import integer, log_uniform
    >>> def loss(lr, layers):
    ...     return np.log10(lr / 0.01) ** 2 + layers
    >>> space = {"lr": log_uniform(1e-4, 1), "layers": integer(1, 3)}
    >>> result = search(loss, space, method="tpe", budget=40, rng=np.random.default_rng(0))
    >>> result.best_params["layers"], 0.005 < result.best_params["lr"] < 0.02
    (1, True)
    """
    from dlcourse.tuning.samplers import MAKERS, begin, sampler_for

    _check(space, method, budget, tuple(MAKERS))
    sampler = sampler_for(method, space, budget, seed=int(as_generator(rng).integers(2**31)))
    plan = f"{method} search for the {'largest' if maximize else 'smallest'} value over {dict(space)}"
    if method == "grid":
        plan += f" in {budget} trials"
        budget = len(grid(space, budget))
    callbacks = tuple(callbacks)
    with quiet():
        study = open_study(plan, sampler, maximize, storage)
        try:
            while trial := begin(study, space, budget):
                run(objective, study, trial, decode(space, trial.params))
                # A list, so that every callback is called, whatever the one before it said.
                if True in [callback(result_of(study, space, method, maximize)) for callback in callbacks]:
                    break
        except KeyboardInterrupt:
            pass  # the learner stopped it, and wants to see how far it came
        return result_of(study, space, method, maximize)


def open_study(
    plan: str, sampler: "optuna.samplers.BaseSampler", maximize: bool, storage: str | Path | None
) -> "optuna.Study":
    """Optuna's store of trials: in memory, or in a journal, a file that needs no server and only ever grows."""
    import optuna
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    kept = None
    if storage is not None:
        if not Path(storage).absolute().parent.is_dir():
            raise ValueError(
                f"search got storage={str(storage)!r}: there is no folder {Path(storage).parent}, make it first"
            )
        kept = optuna.storages.JournalStorage(JournalFileBackend(str(storage), JournalFileOpenLock(str(storage))))
    study = optuna.create_study(
        storage=kept,
        sampler=sampler,
        study_name="search",
        direction="maximize" if maximize else "minimize",
        load_if_exists=True,
    )
    if (other := study.user_attrs.get("plan", plan)) != plan:
        raise ValueError(f"{storage} holds a {other}: name another file for a {plan}")
    study.set_user_attr("plan", plan)
    return study


def run(objective: Objective, study: "optuna.Study", trial: "optuna.Trial", params: Params) -> None:
    """One trial, and what Optuna is told about it."""
    from optuna.trial import TrialState

    value, error = nan, "interrupted"
    try:
        value = number(objective(**params), params)
        error = f"the value was {value}"
    except FloatingPointError as exception:
        error = str(exception)
    finally:
        if isfinite(value):
            study.tell(trial, value)
        else:
            trial.set_user_attr("error", error)
            study.tell(trial, state=TrialState.FAIL)


def number(value: object, params: Params) -> float:
    """The objective's answer as a float, or an error that shows what came instead.

    >>> number(np.float32(0.5), {"lr": 0.1})
    0.5
    """
    if isinstance(value, Real) or (isinstance(value, np.ndarray) and value.shape == ()):
        return float(value)
    raise TypeError(f"the objective returned {value!r} at {describe(params)}: expected a number")


def result_of(study: "optuna.Study", space: Space, method: str, maximize: bool) -> Result:
    """The finished trials of a study, whichever process made them."""
    from dlcourse.tuning.samplers import counted

    done = [(n, t) for n, t in enumerate(counted(study)) if t.state.is_finished() and len(t.params) == len(space)]
    trials = [
        Trial(n, decode(space, t.params), nan if t.value is None else t.value, t.user_attrs.get("error", ""))
        for n, t in done
    ]
    return Result(method, trials, maximize)


@contextmanager
def quiet() -> Iterator[None]:
    """Optuna's log, which tells of every trial, is off for the length of a with block."""
    import optuna

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(level)


def describe(params: Params) -> str:
    """Hyperparameters on one line.

    >>> describe({"lr": 0.123456, "activation": "relu"})
    'lr=0.1235, activation=relu'
    """
    return ", ".join(f"{name}={show(value)}" for name, value in params.items())


def show(value: Any) -> str:
    """A value in few characters: four digits of a float, the name of a class or function.

    >>> show(0.123456), show(12), show(dict)
    ('0.1235', '12', 'dict')
    """
    return f"{value:.4g}" if isinstance(value, float) else getattr(value, "__name__", str(value))


def _check(space: Space, method: str, budget: int, methods: tuple[str, ...]) -> None:
    if method not in methods:
        raise ValueError(f"search got method={method!r}: expected one of {', '.join(methods)}")
    if not isinstance(budget, Integral) or budget < 1:
        raise ValueError(f"search got budget={budget!r}: expected a whole number of trials, at least 1")
    if not space:
        raise ValueError('search got an empty space: name what may vary, as in {"lr": log_uniform(1e-4, 1)}')
    for name, dimension in space.items():
        if not isinstance(dimension, Number | Choice):
            raise TypeError(
                f"search got {dimension!r} for {name!r}: expected uniform(...), log_uniform(...), integer(...) or choice(...)"
            )
