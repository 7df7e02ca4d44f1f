"""What a learner's code may see of this machine: Python, its packages, the system's libraries; nothing of anyone's."""

import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import dlcourse

#: Of /etc only what programs need to start: nothing about users, hosts or keys.
SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/sbin",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/fonts",
    "/etc/mime.types",
)


@lru_cache(maxsize=1)
def readable() -> tuple[str, ...]:
    """The folders and files that a worker may read, none inside another."""
    packages = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    python = [sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent)]
    wanted = [*python, *packages, str(Path(dlcourse.__file__).parent), *SYSTEM]
    found = {os.path.realpath(path) for path in wanted if os.path.exists(path)}
    return tuple(sorted(path for path in found if not any(is_inside(path, other) for other in found - {path})))


def is_inside(path: str | Path, folder: str | Path) -> bool:
    """Whether a path is a folder or lies in it."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def exposed(paths: Iterable[Path]) -> tuple[Path, str] | None:
    """The first of these paths that a worker could read, and the folder that gives it away."""
    return next(((path, folder) for path in paths for folder in readable() if is_inside(path, folder)), None)


def clean_environment(scratch: str) -> dict[str, str]:
    """Nothing of the grader's own environment but what Python needs to start; one thread, no screen, no home."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG", "LC_ALL") if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **threads, **own_folders(scratch), "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}


def own_folders(scratch: str) -> dict[str, str]:
    """The variables that tell programs where to write."""
    return dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR"), scratch)
