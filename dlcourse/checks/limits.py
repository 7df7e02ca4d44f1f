"""What a submission may use while it is graded. An exercise that needs more says so in its file of checks."""

import ast
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Limits:
    """Caps for one submission: `limits = Limits(memory_mb=4096)` at the top of a file of checks changes them for it.

    >>> Limits(cell_seconds=30).total_seconds
    120.0
    >>> Limits(memory_mb=0)
    Traceback (most recent call last):
        ...
    ValueError: Limits(memory_mb=0): a limit is a positive number
    """

    memory_mb: int = 2048
    cpu_seconds: int = 120
    cell_seconds: float = 10.0
    total_seconds: float = 120.0
    processes: int = 1
    threads: int = 64
    open_files: int = 256
    file_mb: int = 64
    scratch_mb: int = 256
    scratch_files: int = 10_000
    output_chars: int = 20_000
    answer_mb: int = 256

    def __post_init__(self) -> None:
        for field in fields(self):
            if not (value := getattr(self, field.name)) > 0:
                raise ValueError(f"Limits({field.name}={value}): a limit is a positive number")


def read_limits(source: str) -> Limits:
    """The limits that a file of checks sets, without running it; the usual ones where it sets none.

    >>> read_limits("limits = Limits(cell_seconds=30)").cell_seconds
    30
    """
    for node in ast.parse(source).body:
        if sets_limits(node):
            return Limits(**{k.arg or "": ast.literal_eval(k.value) for k in node.value.keywords})  # type: ignore[attr-defined]
    return Limits()


def sets_limits(node: ast.stmt) -> bool:
    """Whether a statement is `limits = Limits(...)`."""
    return isinstance(node, ast.Assign) and ast.unparse(node).startswith("limits = Limits(")
