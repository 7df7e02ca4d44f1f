"""The pages of the library: one for each public module, made from its docstrings."""

ABOUT = """\
A small NumPy library whose code looks like its formulas. Its names and defaults are PyTorch's. What a lesson uses is there as
`dl.NAME` after `import dlcourse as dl`; operations are there as `dl.F.NAME`.
"""
PAGE = """\
# {title}

```{{eval-rst}}
.. automodule:: dlcourse.{module}
```
"""
#: Public modules by what they are for, in the order in which a learner meets them.
MODULES = {
    "functional": "Operations (F)",
    "layers": "Layers",
    "losses": "Losses",
    "optim": "Optimizers",
    "schedules": "Schedules",
    "train": "Training",
    "init": "Initialisation",
    "regularizers": "Regularizers",
    "sparsity": "Sparsity",
    "metrics": "Metrics",
    "data": "Data",
    "parameter": "Parameters",
    "autodiff": "Automatic differentiation",
    "gradcheck": "Gradient checks",
    "hooks": "Hooks",
    "lr_finder": "Range test",
    "tuning": "Hyperparameters",
    "estimator": "scikit-learn estimators",
    "checks": "Checks of an exercise",
    "viz": "Explorers",
    "viz.plots": "Plots",
}


def library_pages() -> dict[str, str]:
    """The text of each page, by its name."""
    listed = "\n".join(MODULES)
    index = f"# Library\n\n{ABOUT}\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
    return {"index": index} | {name: PAGE.format(title=title, module=name) for name, title in MODULES.items()}
