"""Landlock: after this, a process and its children open only the files named here, and no network connection.

What Landlock lets through (chmod, stat, UDP; more on older kernels) is the system call filter's part.
"""

from collections.abc import Sequence
from pathlib import Path

#: Devices that hold nothing of anyone's.
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def supported_abi(at_most: int) -> int:
    """The version of Landlock that this kernel has, or `at_most`; 0 where there is none."""
    try:
        import landlockpy
    except ImportError:  # not Linux
        return 0
    return min(landlockpy.abi_version(), at_most)


def confine(readable: Sequence[str], scratch: str, abi: int) -> None:
    """From now on: read `readable`, do anything to files in `scratch`, and reach nothing else."""
    from landlockpy import AccessFS, Ruleset, fs_for_abi, net_for_abi, scope_for_abi

    file_only = AccessFS.READ_FILE | AccessFS.EXECUTE
    devices = AccessFS.READ_FILE | AccessFS.WRITE_FILE
    special = AccessFS.MAKE_CHAR | AccessFS.MAKE_BLOCK | AccessFS.MAKE_SOCK | AccessFS.IOCTL_DEV | AccessFS.EXECUTE
    handled = fs_for_abi(abi)
    with Ruleset(handled_fs=handled, handled_net=net_for_abi(abi), scoped=scope_for_abi(abi)) as rules:
        for path in readable:
            rules.allow_path(path, file_only | AccessFS.READ_DIR if Path(path).is_dir() else file_only)
        for path in filter(lambda device: Path(device).exists(), DEVICES):
            rules.allow_path(path, devices)
        rules.allow_path(scratch, handled & ~special)
        rules.restrict()
