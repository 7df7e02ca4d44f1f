"""Pictures: explorers to play with and plots to read. The only part of dlcourse that imports matplotlib and ipywidgets."""

from dlcourse.viz.activations import ActivationExplorer, gallery
from dlcourse.viz.backprop import BackpropExplorer
from dlcourse.viz.batch_norm import BatchNormExplorer
from dlcourse.viz.descent import DescentExplorer
from dlcourse.viz.digit_pad import DigitPadExplorer
from dlcourse.viz.dropout import DropoutExplorer
from dlcourse.viz.fit import FitExplorer
from dlcourse.viz.gradient_flow import GradientFlowExplorer
from dlcourse.viz.initialization import InitializationExplorer
from dlcourse.viz.momentum import MomentumExplorer
from dlcourse.viz.perceptron import PerceptronExplorer, gate_gallery, neuron_sketch, planes
from dlcourse.viz.playground import PlaygroundExplorer
from dlcourse.viz.race import RaceExplorer
from dlcourse.viz.search import SearchExplorer
from dlcourse.viz.threshold import ThresholdExplorer

__all__ = [
    "ActivationExplorer",
    "BackpropExplorer",
    "BatchNormExplorer",
    "DescentExplorer",
    "DigitPadExplorer",
    "DropoutExplorer",
    "FitExplorer",
    "GradientFlowExplorer",
    "InitializationExplorer",
    "MomentumExplorer",
    "PerceptronExplorer",
    "PlaygroundExplorer",
    "RaceExplorer",
    "SearchExplorer",
    "ThresholdExplorer",
    "gallery",
    "gate_gallery",
    "neuron_sketch",
    "planes",
]
