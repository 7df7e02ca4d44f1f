"""Data: points that are easy to see, sets that are real, and the ways to cut a set up.

X (n, features) floats; y (n,) integer labels from 0, or (n, 1) floats where a number is to be predicted. Whatever is random takes a
Generator: the same rng gives the same data. One file a kind: synthetic, real, splits, augment, frameworks.
"""

from dlcourse.data.augment import add_noise, shift_images
from dlcourse.data.frameworks import framework_curves
from dlcourse.data.real import breast_cancer, diabetes, digits, fashion_mnist, iris, mnist, wine
from dlcourse.data.splits import Standardiser, batches, same_length, standardise, train_test_split, train_val_test_split
from dlcourse.data.synthetic import blobs, gate, moons, polynomial, powers, rings, spirals

__all__ = [
    "Standardiser",
    "add_noise",
    "batches",
    "blobs",
    "breast_cancer",
    "diabetes",
    "digits",
    "fashion_mnist",
    "framework_curves",
    "gate",
    "iris",
    "mnist",
    "moons",
    "polynomial",
    "powers",
    "rings",
    "same_length",
    "shift_images",
    "spirals",
    "standardise",
    "train_test_split",
    "train_val_test_split",
    "wine",
]
