"""Hyperparameters: what training does not learn, and therefore must be searched for.

space.py              what may vary: uniform, log_uniform, integer, choice
search.py             search(objective, space, method, budget): random, grid, tpe, genetic, gp
gaussian_process.py   the idea behind "gp": a curve through the trials, with its doubts, says where to look next
samplers.py           how search talks to Optuna
growing.py            depth as a hyperparameter: grow a trained network by a layer
"""

from dlcourse.tuning.growing import grow
from dlcourse.tuning.search import Result, Trial, search
from dlcourse.tuning.space import choice, integer, log_uniform, uniform

__all__ = ["Result", "Trial", "choice", "grow", "integer", "log_uniform", "search", "uniform"]
