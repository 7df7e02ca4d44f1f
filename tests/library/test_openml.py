"""mnist() and fashion_mnist() against a stand-in for openml.org on this machine: no test needs a network."""

import gzip
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import _openml

from dlcourse import data

PIXELS, ROWS = 784, 6
NUMBERS = {"mnist_784": 554, "fashion-mnist": 40996}


def pictures() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (ROWS, PIXELS)), np.array([5, 0, 4, 1, 9, 2])


def arff() -> bytes:
    X, y = pictures()
    head = ["@RELATION stand_in", *(f"@ATTRIBUTE pixel{i} INTEGER" for i in range(1, PIXELS + 1))]
    head += ["@ATTRIBUTE class {0,1,2,3,4,5,6,7,8,9}", "@DATA"]
    rows = [",".join(map(str, [*x, k])) for x, k in zip(X.tolist(), y.tolist(), strict=True)]
    return "\n".join([*head, *rows, ""]).encode()


def feature(index: int, name: str, kind: str, target: str) -> dict[str, str]:
    return {
        "index": str(index),
        "name": name,
        "data_type": kind,
        "is_target": target,
        "is_ignore": "false",
        "is_row_identifier": "false",
        "number_of_missing_values": "0",
    }


class StandIn(BaseHTTPRequestHandler):
    """What openml.org says about either set, as far as fetch_openml asks."""

    paths: list[str]
    broken = False

    def answer(self) -> object:
        here = f"http://127.0.0.1:{self.server.server_port}"
        if "/data_name/" in self.path:
            name = self.path.split("/data_name/")[1].split("/")[0]
            return {"data": {"dataset": [{"did": NUMBERS[name], "status": "active"}]}}
        if "/features/" in self.path:
            pixels = [feature(i, f"pixel{i + 1}", "numeric", "false") for i in range(PIXELS)]
            return {"data_features": {"feature": [*pixels, feature(PIXELS, "class", "nominal", "true")]}}
        if "/qualities/" in self.path:
            return {"data_qualities": {"quality": [{"name": "NumberOfInstances", "value": str(ROWS)}]}}
        description = {
            "id": "1",
            "name": "stand_in",
            "version": "1",
            "status": "active",
            "format": "ARFF",
            "description": "",
            "url": f"{here}/data/v1/download/1/stand_in.arff",
            "md5_checksum": hashlib.md5(arff()).hexdigest(),
        }
        return {"data_set_description": description}

    def do_GET(self) -> None:
        self.paths.append(self.path)
        if self.broken:
            self.send_error(503)
            return
        body = gzip.compress(arff() if self.path.endswith(".arff") else json.dumps(self.answer()).encode())
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def point_at(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send every question that scikit-learn has for openml.org to another address."""
    for name, value in list(vars(_openml).items()):
        if isinstance(value, str) and value.startswith("https://www.openml.org/"):
            monkeypatch.setattr(_openml, name, value.replace("https://www.openml.org", address))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path


@pytest.fixture
def openml(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[StandIn]]:
    handler = type("Handler", (StandIn,), {"paths": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    point_at(f"http://127.0.0.1:{server.server_port}", monkeypatch)
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("load", [data.mnist, data.fashion_mnist], ids=["mnist", "fashion_mnist"])
def test_pictures_come_as_floats_from_0_to_1_with_whole_labels(openml: type[StandIn], load: object) -> None:
    X, y = load()
    pixels, labels = pictures()
    assert (X.dtype, y.dtype) == (np.float32, np.int64)
    assert_allclose(X, pixels / 255, rtol=1e-6)
    assert_array_equal(y, labels)


def test_the_second_call_asks_nobody(openml: type[StandIn]) -> None:
    X, y = data.mnist()
    asked = len(openml.paths)
    X_again, y_again = data.mnist()
    assert len(openml.paths) == asked > 0
    assert_array_equal(X_again, X)
    assert_array_equal(y_again, y)


def test_each_set_is_kept_by_itself(openml: type[StandIn], home: Path) -> None:
    data.mnist()
    data.fashion_mnist()
    assert sorted(path.name for path in (home / "dlcourse").iterdir()) == ["fashion_mnist.npz", "mnist.npz"]


def test_float64_is_there_for_the_asking(openml: type[StandIn]) -> None:
    assert data.mnist(dtype=np.float64)[0].dtype == np.float64


def test_train_and_test_are_cut_at_60000(home: Path) -> None:
    (home / "dlcourse").mkdir()
    X, y = np.zeros((60002, 4), np.uint8), np.arange(60002, dtype=np.uint8)
    np.savez_compressed(home / "dlcourse" / "mnist.npz", X=X, y=y)
    assert [len(data.mnist(part)[0]) for part in ("train", "test", None)] == [60000, 2, 60002]
    assert_array_equal(data.mnist("test")[1], y[-2:])


def test_whoever_is_offline_hears_it_at_once_and_in_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at("http://127.0.0.1:9", monkeypatch)  # nobody listens on the discard port
    message = r"mnist is not on this computer yet and could not be fetched from openml.org \(.*\): call mnist\(\) once with a network"
    with pytest.raises(OSError, match=message):
        data.mnist()
    assert not (home / "dlcourse").exists()


def test_a_server_in_trouble_is_reported_the_same_way(openml: type[StandIn]) -> None:
    openml.broken = True
    with pytest.raises(OSError, match=r"fashion_mnist is not on this computer yet .* \(HTTP Error 503"):
        data.fashion_mnist()
