"""Real data: five small sets that come with scikit-learn, and two large ones that are fetched once and kept.

The small ones need no network. Features are as measured, but for pictures, which go from 0 to 1: standardise the rest.
"""

import io
import warnings
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from dlcourse.data.splits import train_test_split
from dlcourse.files import write_whole
from dlcourse.functional.arrays import Array, DTypeLike

Set: TypeAlias = tuple[Array, Array]


def digits(part: Literal["train", "held_back"] | None = None, *, dtype: DTypeLike = np.float64) -> Set:
    """1797 handwritten digits of 8 x 8 pixels (UCI: Alpaydin and Kaynak, 1998).

    -> X (1797, 64) from 0 (paper) to 1 (ink), y (1797,) from 0 to 9

    part="train" leaves out one example in five of each digit, the same ones always; part="held_back" is those.

    >>> X, y = digits()
    >>> X.shape, float(X.max()), y[:5]
    ((1797, 64), 1.0, array([0, 1, 2, 3, 4]))
    >>> len(digits("train")[0]), len(digits("held_back")[0])
    (1438, 359)
    """
    if part not in (None, "train", "held_back"):
        raise ValueError(f"digits got part={part!r}: expected 'train', 'held_back' or None for all")
    X, y = _bundled("load_digits", dtype)
    X /= 16
    if part is None:
        return X, y
    train, held_back, _, _ = train_test_split(np.arange(len(y)), y, 0.2, rng=np.random.default_rng(1797))
    rows = np.sort(train if part == "train" else held_back)
    return X[rows], y[rows]


def iris(*, dtype: DTypeLike = np.float64) -> Set:
    """Petals and sepals of three kinds of iris, in cm (Fisher, 1936).   -> X (150, 4), y (150,) from 0 to 2

    >>> X, y = iris()
    >>> X.shape, np.bincount(y)
    ((150, 4), array([50, 50, 50]))
    """
    return _bundled("load_iris", dtype)


def wine(*, dtype: DTypeLike = np.float64) -> Set:
    """Thirteen chemical measurements of wines from three growers (UCI: Aeberhard and Forina).   -> X (178, 13), y (178,) from 0 to 2

    >>> X, y = wine()
    >>> X.shape, np.bincount(y)
    ((178, 13), array([59, 71, 48]))
    """
    return _bundled("load_wine", dtype)


def breast_cancer(*, dtype: DTypeLike = np.float64) -> Set:
    """Cell nuclei of 569 tumours, 0 malignant and 1 benign (Street, Wolberg and Mangasarian, 1993).   -> X (569, 30), y (569,)

    >>> X, y = breast_cancer()
    >>> X.shape, np.bincount(y)
    ((569, 30), array([212, 357]))
    """
    return _bundled("load_breast_cancer", dtype)


def diabetes(*, dtype: DTypeLike = np.float64) -> Set:
    """How far diabetes had gone after a year, a number from 25 to 346, from ten measurements before (Efron et al., 2004).

    -> X (442, 10), y (442, 1)

    >>> X, y = diabetes()
    >>> X.shape, y.shape, float(y.max())
    ((442, 10), (442, 1), 346.0)
    """
    X, y = _bundled("load_diabetes", dtype)
    return X, y.astype(dtype).reshape(-1, 1)


def mnist(part: Literal["train", "test"] | None = None, *, dtype: DTypeLike = np.float32) -> Set:
    """70000 handwritten digits of 28 x 28 pixels (LeCun et al., 1998), fetched from openml.org once and then kept.

    -> X (70000, 784) from 0 (paper) to 1 (ink), y (70000,) from 0 to 9; part="train" is the first 60000, "test" the last 10000

    float32 unless asked otherwise: 220 MB are enough. The first call takes a minute or two; offline it is an OSError. Kept where
    scikit-learn keeps its data: the environment variable SCIKIT_LEARN_DATA, or scikit_learn_data in the home folder.

    >>> mnist("all")
    Traceback (most recent call last):
    ValueError: mnist got part='all': expected 'train', 'test' or None for all
    """
    return _fetched("mnist", "mnist_784", part, dtype)


def fashion_mnist(part: Literal["train", "test"] | None = None, *, dtype: DTypeLike = np.float32) -> Set:
    """70000 pictures of clothes, 28 x 28 pixels, ten kinds from T-shirt to ankle boot (Xiao et al., 2017); all else as for mnist.

    >>> fashion_mnist("all")
    Traceback (most recent call last):
    ValueError: fashion_mnist got part='all': expected 'train', 'test' or None for all
    """
    return _fetched("fashion_mnist", "Fashion-MNIST", part, dtype)


def _bundled(loader: str, dtype: DTypeLike) -> Set:
    from sklearn import datasets  # takes a second to import: only those who want real data wait

    X, y = getattr(datasets, loader)(return_X_y=True)
    return X.astype(dtype), y


def _fetched(name: str, openml_name: str, part: str | None, dtype: DTypeLike) -> Set:
    if part not in (None, "train", "test"):
        raise ValueError(f"{name} got part={part!r}: expected 'train', 'test' or None for all")
    from sklearn.datasets import get_data_home

    folder = Path(get_data_home())
    kept = folder / "dlcourse" / f"{name}.npz"
    if not kept.exists():
        X, y = _fetch(name, openml_name, folder)
        packed = io.BytesIO()
        np.savez_compressed(packed, X=X, y=y)
        write_whole(kept, packed.getvalue())
    with np.load(kept, allow_pickle=False) as arrays:
        X, y = arrays["X"], arrays["y"]
    rows = {None: slice(None), "train": slice(60000), "test": slice(60000, None)}[part]
    X = X[rows].astype(dtype)
    X /= 255
    return X, y[rows].astype(np.int64)


def _fetch(name: str, openml_name: str, folder: Path) -> tuple[Any, Any]:
    """Pixels and labels, in bytes, by the one parser that needs no pandas."""
    from sklearn.datasets import fetch_openml

    settings = {"as_frame": False, "parser": "liac-arff", "return_X_y": True, "data_home": folder}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the second attempt: how it ends is all that matters
            X, y = fetch_openml(openml_name, version=1, n_retries=1, delay=0.1, **settings)
    except (OSError, ValueError) as problem:
        raise OSError(
            f"{name} is not on this computer yet and could not be fetched from openml.org ({problem}): call {name}() "
            f"once with a network, then it is kept in {folder}; digits() needs none"
        ) from problem
    return X.astype(np.uint8), y.astype(np.uint8)
