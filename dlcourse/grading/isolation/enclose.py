"""The last steps before a learner's code runs: everything that the process may still do afterwards is decided here."""

import os
from collections.abc import Sequence

from dlcourse.checks.limits import Limits
from dlcourse.grading.isolation import landlock, libc, privileges, seccomp
from dlcourse.grading.isolation.levels import Level, NoIsolation
from dlcourse.grading.isolation.namespaces import see_own_processes
from dlcourse.grading.isolation.resources import limit_resources
from dlcourse.grading.isolation.surroundings import own_folders


def enclose(level: Level, limits: Limits, readable: Sequence[str], scratch: str, user: int | None) -> None:
    """Give up, for good, whatever this level keeps from a learner's code. An error means that nothing may run.

    The order matters: namespaces come first (a process under Landlock can no longer mount), then the user, then the
    kernel's own fences, which nobody needs a privilege to put up.
    """
    if level.namespaces:
        see_own_processes()
    os.chdir(scratch)
    os.environ.update(own_folders(scratch))
    others = 0 if user is not None else privileges.tasks_of(os.getuid())
    limit_resources(limits, others)
    libc.no_new_privileges()
    libc.drop_bounding_set()
    if user is not None:
        privileges.become(user, readable=() if level.namespaces else readable)
    elif level.namespaces:
        libc.keep_only(())
    if level.kernel:
        if not (abi := landlock.supported_abi(level.landlock)):
            raise NoIsolation("this kernel has no Landlock")
        landlock.confine(readable, scratch, abi)
        seccomp.filter_system_calls(processes=limits.processes, landlock_abi=abi)
