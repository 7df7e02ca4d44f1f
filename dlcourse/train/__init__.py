"""Training: the loop that all of deep learning shares, and what belongs around it.

loop         fit: for every epoch, for every batch: forward, how wrong?, backward, update
history      what fit saw, epoch by epoch
scoring      evaluate, predict, accuracy: asking without learning
callbacks    EarlyStopping, and the form that your own take
statistics   how long gradients are, and how far each step goes
checkpoint   stop today, go on tomorrow, and arrive at the same numbers
progress     how far it is
"""

from dlcourse.train.callbacks import Callback, EarlyStopping
from dlcourse.train.checkpoint import Checkpoint
from dlcourse.train.history import History
from dlcourse.train.loop import fit, train_epoch
from dlcourse.train.scoring import accuracy, evaluate, outputs, predict
from dlcourse.train.statistics import GradientStatistics

__all__ = [
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "GradientStatistics",
    "History",
    "accuracy",
    "evaluate",
    "fit",
    "outputs",
    "predict",
    "train_epoch",
]
