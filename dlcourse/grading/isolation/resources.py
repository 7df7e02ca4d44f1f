"""Limits that the system itself keeps for a process: memory, processor time, files, children."""

from dlcourse.checks.limits import Limits


def limit_resources(limits: Limits, others: int | None) -> None:
    """Cap what this process may use, where the system can.

    The system counts processes by user: `others` is how many run already under this user and are not the submission's;
    None where nobody knows, and then they are not capped.
    """
    try:
        import resource
    except ImportError:  # Windows has none: the grader's wall clock still holds
        return
    mega = 2**20
    caps = {
        resource.RLIMIT_AS: limits.memory_mb * mega,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_mb * mega,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    if others is not None and hasattr(resource, "RLIMIT_NPROC"):
        caps[resource.RLIMIT_NPROC] = others + limits.processes + limits.threads
    for kind, cap in caps.items():
        hard = resource.getrlimit(kind)[1]
        cap = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
        resource.setrlimit(kind, (cap, cap))
