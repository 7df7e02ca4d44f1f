"""Running a command as an ordinary user, for a test that runs as root: that user's way to Python must be open.

Where a folder on the way is closed to others (root's own home, say), the command gets a mount namespace in which an
open folder stands in its place, with nothing in it but what the command needs.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NOBODY = 65534


def run_as_nobody(command: Sequence[str], home: Path, needed: Sequence[Path]) -> "subprocess.CompletedProcess[str]":
    """The finished command, run by a user who owns nothing but `home`."""
    os.chown(home, NOBODY, NOBODY)
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all", "--"]
    lines = opened([*needed, home], home)
    script = "\n".join(["set -e", *lines, 'exec "$@"'])
    environment = {"HOME": str(home), "TMPDIR": str(home), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    way = ["unshare", "--mount", "sh", "-c", script, "sh"] if lines else []
    return subprocess.run([*way, *user, *command], cwd=needed[0], env=environment, capture_output=True, text=True)


def opened(needed: Sequence[Path], aside: Path) -> list[str]:
    """The lines of a shell script that open the way to these folders; `aside` is where they wait meanwhile."""
    closed = sorted(
        {p for path in needed for p in path.parents if not p.stat().st_mode & 0o001}, key=lambda p: len(p.parts)
    )
    outermost = [p for p in closed if not any(p.is_relative_to(other) for other in closed if other != p)]
    lines = []
    for folder in outermost:
        inside = [path for path in needed if path.is_relative_to(folder)]
        for i, path in enumerate(inside):
            lines += [f"mkdir -p {aside}/{i}", f"mount --bind '{path}' {aside}/{i}"]
        lines.append(f"mount -t tmpfs -o mode=0755 tmpfs '{folder}'")
        for i, path in enumerate(inside):
            lines += [f"mkdir -p '{path}'", f"mount --move {aside}/{i} '{path}'"]
    return lines


def obstacle(needed: Sequence[Path]) -> str:
    """Why the way to these folders cannot be opened here; nothing where it can, or is open."""
    if not opened(needed, Path()):
        return ""
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True)
    return (
        f"Python lies in a closed folder, and mounts are not allowed here: {tried.stderr}" if tried.returncode else ""
    )


def places_of_python() -> list[Path]:
    """Where Python and its packages are."""
    paths = {Path(sys.prefix), Path(sys.base_prefix), *(Path(p) for p in sys.path if p.endswith("-packages"))}
    return sorted(path.resolve() for path in paths)
