"""Networks as scikit-learn estimators: fit(X, y), predict(X), so that pipelines, cross-validation and grid search work with them.

    make_pipeline(StandardScaler(), NetworkClassifier(hidden_layer_sizes=(64, 32)))

A thin coat over dlcourse.train.fit. This is the one module of the library that needs scikit-learn to be imported at all.
"""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from dlcourse import functional as F
from dlcourse.data import Standardiser, add_noise, train_test_split
from dlcourse.functional.arrays import Array, ArrayLike
from dlcourse.init import Initializer, kaiming_normal, xavier_normal
from dlcourse.layers import ELU, Dropout, Layer, LeakyReLU, Linear, ReLU, Sequential, Sigmoid, SiLU, Tanh
from dlcourse.losses import CrossEntropyLoss, Loss, MSELoss
from dlcourse.optim import SGD, Adam, AdamW, Optimizer, RMSprop
from dlcourse.schedules import CosineAnnealingLR
from dlcourse.train import EarlyStopping, fit, outputs

#: Each with the initialisation that was derived for its kind (He et al., 2015; Glorot and Bengio, 2010).
ACTIVATIONS: dict[str, tuple[type[Layer], Initializer]] = {
    "relu": (ReLU, kaiming_normal),
    "leaky_relu": (LeakyReLU, kaiming_normal),
    "elu": (ELU, kaiming_normal),
    "silu": (SiLU, kaiming_normal),
    "tanh": (Tanh, xavier_normal),
    "sigmoid": (Sigmoid, xavier_normal),
}
OPTIMIZERS: dict[str, type[Optimizer]] = {"adam": Adam, "adamw": AdamW, "rmsprop": RMSprop, "sgd": SGD}
SCHEDULES = ("constant", "cosine")
FLOATS = [np.float64, np.float32]


class Network(BaseEstimator):  # type: ignore[misc]
    """What the classifier and the regressor share: the settings, and how a network is made and trained from them.

    hidden_layer_sizes, activation, dropout (after each hidden layer) and noise (a deviation, added to the inputs in training) make the
    network; optimizer, lr, schedule, weight_decay, batch_size and epochs train it. With patience, validation_fraction of the examples
    is set aside, and the training stops early and goes back to its best weights. random_state: a number makes every fit the same.

    After fit: network_, history_, n_features_in_.

    >>> Network(lr=0.01)
    Network(lr=0.01)
    """

    def __init__(
        self,
        hidden_layer_sizes: tuple[int, ...] = (64,),
        *,
        activation: str = "relu",
        dropout: float = 0.0,
        noise: float = 0.0,
        optimizer: str = "adam",
        lr: float = 3e-3,
        schedule: str = "cosine",
        weight_decay: float = 0.0,
        batch_size: int = 32,
        epochs: int = 100,
        patience: int | None = None,
        validation_fraction: float = 0.1,
        random_state: Any = None,
    ) -> None:
        self.hidden_layer_sizes, self.activation, self.dropout, self.noise = (
            hidden_layer_sizes,
            activation,
            dropout,
            noise,
        )
        self.optimizer, self.lr, self.schedule, self.weight_decay = optimizer, lr, schedule, weight_decay
        self.batch_size, self.epochs, self.patience = batch_size, epochs, patience
        self.validation_fraction, self.random_state = validation_fraction, random_state

    def _train(self, X: Array, y: Array, out_features: int, loss: Loss) -> Self:
        for setting, known in (("activation", ACTIVATIONS), ("optimizer", OPTIMIZERS), ("schedule", SCHEDULES)):
            if getattr(self, setting) not in known:
                name, value = type(self).__name__, getattr(self, setting)
                raise ValueError(f"{name} got {setting}={value!r}: expected one of {', '.join(known)}")
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31))
        validation = None
        if self.patience is not None:
            X, X_val, y, y_val = train_test_split(X, y, self.validation_fraction, rng=rng)
            validation = (X_val, y_val)
        self.network_ = self._build(X.shape[1], out_features, rng, X.dtype)
        self.history_ = fit(
            self.network_,
            loss,
            OPTIMIZERS[self.optimizer](self.network_.parameters(), lr=self.lr, weight_decay=self.weight_decay),
            X,
            y,
            epochs=self.epochs,
            batch_size=self.batch_size,
            rng=rng,
            validation=validation,
            augment=(lambda X, rng: add_noise(X, self.noise, rng=rng)) if self.noise else None,
            schedule=CosineAnnealingLR(self.lr, T_max=self.epochs) if self.schedule == "cosine" else None,
            callbacks=[EarlyStopping(self.patience)] if self.patience is not None else (),
            progress=False,
        )
        return self

    def _build(self, in_features: int, out_features: int, rng: np.random.Generator, dtype: Any) -> Sequential:
        activation, init = ACTIVATIONS[self.activation]
        layers: list[Layer] = []
        for size in self.hidden_layer_sizes:
            layers += [Linear(in_features, size, init=init, rng=rng, dtype=dtype), activation()]
            if self.dropout:
                layers.append(Dropout(self.dropout, rng=rng))
            in_features = size
        return Sequential(*layers, Linear(in_features, out_features, rng=rng, dtype=dtype))

    def _outputs(self, X: ArrayLike) -> Array:
        check_is_fitted(self)
        return outputs(self.network_, validate_data(self, X, dtype=FLOATS, reset=False))


class NetworkClassifier(ClassifierMixin, Network):  # type: ignore[misc]
    """A network that tells classes apart, trained by cross-entropy.   X (N, D), y (N,) labels of any kind

    Settings: see Network. After fit also classes_.

    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["low", "low", "high", "high"]
    >>> NetworkClassifier(lr=0.03, random_state=0).fit(X, y).predict([[0.1], [2.9]])
    array(['low', 'high'], dtype='<U4')
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Make a network and train it."""
        examples, classes = validate_data(self, X, y, dtype=FLOATS)
        check_classification_targets(classes)
        self.classes_, labels = np.unique(classes, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"NetworkClassifier got one class only, {self.classes_.tolist()}: expected two or more")
        return self._train(examples, labels, len(self.classes_), CrossEntropyLoss())

    def predict(self, X: ArrayLike) -> Array:
        """The likeliest class of each example."""
        z = self._outputs(X)
        best: Array = self.classes_[z.argmax(axis=1)]
        return best

    def predict_proba(self, X: ArrayLike) -> Array:
        """The probability of each class, in the order of classes_.   -> (N, K)"""
        y, _ = F.softmax(self._outputs(X))
        return y


class NetworkRegressor(RegressorMixin, Network):  # type: ignore[misc]
    """A network that predicts numbers, trained by mean squared error.   X (N, D), y (N,) or (N, M)

    It is trained on standardised targets, so that lr does not depend on their unit, and answers in the unit of y. Settings: see
    Network.

    >>> X = np.linspace(-1, 1, 20).reshape(-1, 1)
    >>> model = NetworkRegressor(lr=0.01, random_state=0).fit(X, 100 + 50 * X[:, 0] ** 2)
    >>> model.predict([[0.0]]).round(-1)
    array([100.])
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Make a network and train it."""
        examples, numbers = validate_data(self, X, y, dtype=FLOATS, multi_output=True, y_numeric=True)
        targets = numbers.reshape(len(numbers), -1)
        self.scale_, self.one_column_ = Standardiser(targets), numbers.ndim == 1
        return self._train(examples, self.scale_(targets), targets.shape[1], MSELoss())

    def predict(self, X: ArrayLike) -> Array:
        """The number, or numbers, of each example."""
        z = self._outputs(X)
        y: Array = self.scale_.undo(z)
        return y[:, 0] if self.one_column_ else y

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
