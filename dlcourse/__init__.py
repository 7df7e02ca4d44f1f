"""dlcourse: training neural networks, from one neuron to a network that generalises, in NumPy that reads like its formulas."""

__version__ = "0.1.0"
