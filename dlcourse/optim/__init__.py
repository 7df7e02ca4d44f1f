"""Optimizers: from gradients to new parameters.

Backward says which way is up; an optimizer decides how far to go down. One file each:

    base       what all of them share: the step, weight decay, freezing, saving
    sgd        one rate for all, with momentum if asked
    adagrad    each entry its own rate, by all its gradients so far
    rmsprop    ... by its recent gradients
    adadelta   ... and by its recent steps: no rate to choose
    adam       recent gradients for the direction, recent squares for the size; AMSGrad, AdamW
    clipping   gradients that are too long, shortened before the step
"""

from dlcourse.optim.adadelta import Adadelta
from dlcourse.optim.adagrad import Adagrad
from dlcourse.optim.adam import Adam, AdamW
from dlcourse.optim.base import Group, Optimizer, State
from dlcourse.optim.clipping import clip_grad_norm_, clip_grad_value_
from dlcourse.optim.rmsprop import RMSprop
from dlcourse.optim.sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Group",
    "Optimizer",
    "RMSprop",
    "State",
    "clip_grad_norm_",
    "clip_grad_value_",
]
