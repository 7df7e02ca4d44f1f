"""Namespaces: a process that has its own view of files, processes and network, made by bubblewrap.

Bubblewrap encloses the warm template once; every submission then gets its own processes and its own scratch space.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from dlcourse.grading.isolation import libc

#: Where a worker's own files are, as it sees them, and where programs write without asking.
SCRATCH, TEMPORARY = "/scratch", "/tmp"


def enclosed(command: Sequence[str], readable: Sequence[str]) -> list[str]:
    """The command, run where only `readable` exists, without network, and with no way back."""
    arguments = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if os.geteuid() != 0:  # root needs no users of its own, and would only be mapped onto itself
        arguments += ["--unshare-user", "--cap-add", "CAP_SYS_ADMIN"]
    arguments += ["--die-with-parent", "--dev", "/dev", "--proc", "/proc", "--perms", "0700", "--tmpfs", SCRATCH]
    if not any(Path(path).is_relative_to(TEMPORARY) for path in readable):  # else Python itself is there
        arguments += ["--symlink", SCRATCH, TEMPORARY]
    for folder in parents(readable):
        arguments += ["--perms", "0755", "--dir", folder]  # a private home on the way to Python is no obstacle
    for path in readable:
        arguments += ["--ro-bind", path, path]
    for name in ("/lib", "/lib64", "/bin", "/sbin"):
        if os.path.islink(name):
            arguments += ["--symlink", os.readlink(name), name]
    # Nothing that two submissions could both write to, but the scratch space, which each gets anew.
    return [*arguments, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH, "--", *command]


def parents(paths: Sequence[str]) -> list[str]:
    """The folders above these paths, outermost first, that none of the paths provides."""
    above = {str(parent) for path in paths for parent in Path(path).parents} - {"/"}
    return sorted(folder for folder in above if not any(Path(folder).is_relative_to(path) for path in paths))


def installed() -> bool:
    """Whether bubblewrap is there to be tried."""
    return shutil.which("bwrap") is not None


def see_own_processes() -> None:
    """Let /proc show the processes of this namespace alone."""
    libc.mount_processes("/proc")


def leave_shared(scratch_mb: int, files: int) -> None:
    """Own processes, own objects of the kernel, own scratch space of a fixed size: for the children of this process."""
    libc.unshare(libc.NEW_PIDS | libc.NEW_IPC | libc.NEW_MOUNTS)
    libc.mount_memory(SCRATCH, scratch_mb * 2**20, files)
