"""Pictures: explorers to play with and plots to read. The only part of dlcourse that imports matplotlib and ipywidgets."""

from dlcourse.viz.activations import ActivationExplorer, gallery
from dlcourse.viz.backprop import BackpropExplorer
from dlcourse.viz.descent import DescentExplorer
from dlcourse.viz.momentum import MomentumExplorer
from dlcourse.viz.perceptron import PerceptronExplorer, gate_gallery, neuron_sketch, planes
from dlcourse.viz.search import SearchExplorer
from dlcourse.viz.threshold import ThresholdExplorer

__all__ = [
    "ActivationExplorer",
    "BackpropExplorer",
    "DescentExplorer",
    "MomentumExplorer",
    "PerceptronExplorer",
    "SearchExplorer",
    "ThresholdExplorer",
    "gallery",
    "gate_gallery",
    "neuron_sketch",
    "planes",
]
