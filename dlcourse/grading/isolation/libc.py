"""The few system calls of Linux that Python 3.11 has no function for."""

import ctypes
import os
from collections.abc import Collection

NEW_MOUNTS, NEW_IPC, NEW_PIDS = 0x0002_0000, 0x0800_0000, 0x2000_0000
NO_SUID, NO_DEVICES, NO_PROGRAMS = 2, 4, 8
PR_SET_KEEPCAPS, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 8, 24, 36, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x2008_0522


def _call(name: str, *arguments: object) -> None:
    """Call a function of the C library; OSError where it fails."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def unshare(flags: int) -> None:
    """Leave some of the parent's namespaces for new ones."""
    _call("unshare", flags)


def mount_memory(folder: str, size: int, files: int) -> None:
    """Mount an empty file system over `folder` that lives in memory, holds `size` bytes, and vanishes with its namespace."""
    options = f"size={size},nr_inodes={files},mode=0700,uid={os.getuid()},gid={os.getgid()}"
    _call("mount", b"tmpfs", folder.encode(), b"tmpfs", NO_SUID | NO_DEVICES, options.encode())


def mount_processes(folder: str) -> None:
    """Mount a view of the processes of this namespace."""
    _call("mount", b"proc", folder.encode(), b"proc", NO_SUID | NO_DEVICES | NO_PROGRAMS, None)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none gets away."""
    _call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def no_new_privileges() -> None:
    """Let no program that this process runs have more rights than it has."""
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def drop_bounding_set() -> None:
    """Give up the right to ever have a capability again."""
    try:
        for capability in range(64):
            _call("prctl", PR_CAPBSET_DROP, capability, 0, 0, 0)
    except OSError:  # past the last one, or not ours to drop
        pass


def keep_only(capabilities: Collection[int]) -> None:
    """Give up every privilege that root, or a user in a namespace of their own, has beyond these."""
    mask = sum(1 << capability for capability in capabilities)
    _call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header, sets = (
        (CAPABILITY_VERSION_3, 0),
        (mask, mask, 0, 0, 0, 0),
    )  # effective, permitted, inheritable; low half first
    _call("capset", (ctypes.c_uint32 * 2)(*header), (ctypes.c_uint32 * 6)(*sets))


def keep_capabilities_across_setuid() -> None:
    """Let `setuid` leave the permitted capabilities as they are."""
    _call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
