"""How search talks to Optuna: which point the next trial tries.

Optuna keeps the trials and brings TPE and NSGA-II; random, grid and Gaussian process are ours. Every trial draws from a stream
of random numbers of its own, seeded by its number: a random search makes the same trials however many processes share it.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler, NSGAIISampler, TPESampler
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, Trial, TrialState

from dlcourse.tuning.gaussian_process import most_promising
from dlcourse.tuning.space import Choice, Codes, Dimension, Space, grid, random_point

Plan: TypeAlias = Callable[[Study, FrozenTrial, np.random.Generator], Codes]
Make: TypeAlias = Callable[[np.random.Generator], BaseSampler]


def sampler_for(method: str, space: Space, budget: int, seed: int) -> BaseSampler:
    """The sampler of this method; see search.

    >>> from dlcourse.tuning.space import uniform
    >>> type(sampler_for("tpe", {"lr": uniform(0, 1)}, budget=10, seed=0)).__name__
    'Streams'
    """
    return Streams(MAKERS[method](space, budget), seed)


def tpe(space: Space, budget: int) -> Make:
    """Tree-structured Parzen estimator: try what is likely among the good trials and unlikely among the others.

    (Bergstra et al., 2011.) A quarter of the budget, at most 10 trials, is random to begin with.
    """
    start = min(10, max(2, budget // 4))
    return lambda rng: TPESampler(n_startup_trials=start, seed=_seed(rng))


def genetic(space: Space, budget: int) -> Make:
    """NSGA-II: good trials are crossed and mutated (Deb et al., 2002), eight generations or so for any budget.

    The first generation is random: one as large as the budget would be a random search under another name.
    """
    if budget < 10:
        raise ValueError(f"genetic search got budget={budget}: expected at least 10, five generations of two")
    population = max(budget // 8, 2)
    return lambda rng: NSGAIISampler(population_size=population, seed=_seed(rng))


def at_random(space: Space, budget: int) -> Make:
    """Every trial on its own (Bergstra and Bengio, 2012)."""
    return planned(lambda study, trial, rng: random_point(space, rng))


def on_a_grid(space: Space, budget: int) -> Make:
    """Point by point, the last name of the space turning fastest."""
    points = grid(space, budget)
    return planned(lambda study, trial, rng: points[min(rank(study, trial.number), len(points) - 1)])


def by_gaussian_process(space: Space, budget: int) -> Make:
    """The most promising point next, after a quarter of the budget, at most 10 trials, at random.

    A trial that failed, or still runs in another process, counts as the worst so far: stay away from there.
    """
    start = min(10, max(2, budget // 4))

    def plan(study: Study, trial: FrozenTrial, rng: np.random.Generator) -> Codes:
        earlier = [
            t for t in study.get_trials(deepcopy=False) if t.number < trial.number and len(t.params) == len(space)
        ]
        sign = 1 if study.direction == StudyDirection.MINIMIZE else -1
        values = [sign * t.value for t in earlier if t.value is not None]
        if len(values) < start:
            return random_point(space, rng)
        tried = [(t.params, max(values) if t.value is None else sign * t.value) for t in earlier]
        return most_promising(space, [point for point, _ in tried], [value for _, value in tried], rng)

    return planned(plan)


MAKERS: dict[str, Callable[[Space, int], Make]] = {
    "random": at_random,
    "grid": on_a_grid,
    "tpe": tpe,
    "genetic": genetic,
    "gp": by_gaussian_process,
}


class Streams(BaseSampler):
    """A fresh sampler for each trial, with random numbers seeded by the trial's number."""

    def __init__(self, make: Make, seed: int) -> None:
        self.make, self.seed, self.number = make, seed, -1

    def of(self, trial: FrozenTrial) -> BaseSampler:
        """The sampler of this trial."""
        if trial.number != self.number:
            self.number, self.sampler = trial.number, self.make(np.random.default_rng([self.seed, trial.number]))
        return self.sampler

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """What is drawn together, at the start of the trial."""
        return self.of(trial).infer_relative_search_space(study, trial)

    def sample_relative(self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]) -> Codes:
        """Those draws."""
        return self.of(trial).sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """What is drawn one by one."""
        return self.of(trial).sample_independent(study, trial, param_name, param_distribution)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Bookkeeping of some samplers."""
        self.of(trial).before_trial(study, trial)

    def after_trial(self, study: Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None) -> None:
        """Bookkeeping of some samplers."""
        self.of(trial).after_trial(study, trial, state, values)


class Planned(BaseSampler):
    """A trial whose point comes from a plan: plan(study, trial, rng)."""

    def __init__(self, plan: Plan, rng: np.random.Generator) -> None:
        self.plan, self.rng = plan, rng
        self.point: Codes = {}

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """Nothing: the plan is asked when the first value is."""
        return {}

    def sample_relative(self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]) -> Codes:
        """Nothing, likewise."""
        return {}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> float:
        """The planned point's code for one name."""
        self.point = self.point or self.plan(study, trial, self.rng)
        return self.point[param_name]


def planned(plan: Plan) -> Make:
    """A maker of samplers that follow this plan."""
    return lambda rng: Planned(plan, rng)


def distributions(space: Space) -> dict[str, BaseDistribution]:
    """The space in Optuna's words.

    >>> from dlcourse.tuning.space import integer
    >>> distributions({"layers": integer(1, 3)})
    {'layers': IntDistribution(high=3, log=False, low=1, step=1)}
    """
    return {name: _distribution(dimension) for name, dimension in space.items()}


def begin(study: Study, space: Space, budget: int) -> Trial | None:
    """The next trial, or None if the budget is spent.

    Two processes may both see one trial left, and begin one each. Trials are numbered in the order in which they were begun, so
    the later one knows that it is one too many, and steps back.
    """
    if len(counted(study)) >= budget:
        return None
    trial = study.ask(distributions(space))
    if rank(study, trial.number) < budget:
        return trial
    study.tell(trial, state=TrialState.PRUNED)
    return None


def counted(study: Study) -> list[FrozenTrial]:
    """The trials of a study that count, in order; pruned are those that were one too many."""
    return [trial for trial in study.get_trials(deepcopy=False) if trial.state != TrialState.PRUNED]


def rank(study: Study, number: int) -> int:
    """How many trials that count were begun before this one."""
    return sum(trial.number < number for trial in counted(study))


def _distribution(dimension: Dimension) -> BaseDistribution:
    if isinstance(dimension, Choice):
        return CategoricalDistribution(range(len(dimension.options)))
    if dimension.whole:
        return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log)
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log)


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))
