"""One arithmetic for whatever is stored: outputs of lessons, numbers of exercises.

Each kind of processor adds up a matrix product in an order of its own. The last bit differs, and a chaotic training, or the
angle between two equal vectors, shows it. So stored numbers are computed as every x86 processor of the last ten years can:
with AVX2, nothing later.
"""

import os
import subprocess
import sys

#: Read by OpenBLAS and NumPy when they are loaded.
PROCESSOR = {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}


def is_followed() -> bool:
    """Whether this process was started with that arithmetic."""
    return PROCESSOR.items() <= os.environ.items()


def follow() -> int:
    """Run this command once more, with that arithmetic; its exit code."""
    command = [sys.executable, "-m", "dlcourse.cli", *sys.argv[1:]]
    return subprocess.run(command, env=os.environ | PROCESSOR, check=False).returncode
