"""How far it is: a bar in the terminal or the notebook, by tqdm. TQDM_DISABLE=1 in the environment silences it everywhere."""

import sys
from typing import Any, Literal, TypeAlias

Progress: TypeAlias = bool | Literal["auto"]


def progress_bar(progress: Progress, epochs: int, done: int = 0) -> Any:
    """A tqdm bar, or None; without tqdm's watching thread, since a browser's Python has no threads.

    >>> print(progress_bar(False, epochs=3))
    None
    """
    if not wanted(progress):
        return None
    from tqdm.auto import tqdm

    return type("EpochBar", (tqdm,), {"monitor_interval": 0})(total=epochs, initial=done, unit="epoch")


def wanted(progress: Progress) -> bool:
    """Whether to show a bar; "auto" asks if anybody watches.

    >>> wanted(True), wanted(False)
    (True, False)
    """
    return (sys.stderr.isatty() or "ipykernel" in sys.modules) if progress == "auto" else progress
