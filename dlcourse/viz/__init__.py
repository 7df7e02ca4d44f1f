"""Pictures: explorers to play with and plots to read. The only part of dlcourse that imports matplotlib and ipywidgets."""

from dlcourse.viz.activations import ActivationExplorer, gallery
from dlcourse.viz.backprop import BackpropExplorer
from dlcourse.viz.descent import DescentExplorer
from dlcourse.viz.digit_pad import DigitPadExplorer
from dlcourse.viz.gradient_flow import GradientFlowExplorer
from dlcourse.viz.initialization import InitializationExplorer
from dlcourse.viz.momentum import MomentumExplorer
from dlcourse.viz.perceptron import PerceptronExplorer, gate_gallery, neuron_sketch, planes
from dlcourse.viz.playground import PlaygroundExplorer
from dlcourse.viz.threshold import ThresholdExplorer

__all__ = [
    "ActivationExplorer",
    "BackpropExplorer",
    "DescentExplorer",
    "DigitPadExplorer",
    "GradientFlowExplorer",
    "InitializationExplorer",
    "MomentumExplorer",
    "PerceptronExplorer",
    "PlaygroundExplorer",
    "ThresholdExplorer",
    "gallery",
    "gate_gallery",
    "neuron_sketch",
    "planes",
]
