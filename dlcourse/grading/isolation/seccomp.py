"""The system call filter: what no notebook needs, and what Landlock lets through.

Denied calls fail with an error instead of killing the process, so that a learner reads what happened.
"""

import errno
import os

#: Changes to files' attributes and times: Landlock does not look at them.
ATTRIBUTES = (
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat "
    "setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat file_setattr"
)
#: Sockets of every kind (socketpair stays: asyncio needs it).
NETWORK = "socket bind listen connect accept accept4"
#: Namespaces, mounts, and other ways to change what the process sees.
SURROUNDINGS = (
    "unshare setns mount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen fsmount fsconfig fspick "
    "mount_setattr name_to_handle_at open_by_handle_at quotactl quotactl_fd swapon swapoff acct sethostname setdomainname"
)
#: Looking into other processes, and reaching them.
OTHERS = (
    "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_open pidfd_getfd "
    "pidfd_send_signal setsid setpgid setpriority ioprio_set sched_setscheduler sched_setattr sched_setparam migrate_pages move_pages"
)
#: Memory that no limit of the process counts, and objects that outlive it: the next student could find them.
LASTING = (
    "memfd_create memfd_secret shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semtimedop semctl "
    "mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr add_key request_key keyctl"
)
#: The kernel itself.
KERNEL = (
    "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register init_module finit_module "
    "delete_module kexec_load kexec_file_load reboot syslog settimeofday clock_settime clock_adjtime adjtimex "
    "iopl ioperm modify_ldt personality lookup_dcookie nfsservctl vhangup fanotify_init fanotify_mark"
)
SIGNALS = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo"
#: The numbers of calls that an older libseccomp has no name for; they are the same on every processor.
NUMBERS = {"fchmodat2": 452, "setxattrat": 463, "removexattrat": 466, "open_tree_attr": 467, "file_setattr": 469,
           "memfd_secret": 447, "process_mrelease": 448, "quotactl_fd": 443, "mount_setattr": 442}  # fmt: skip
#: `fcntl` and `ioctl` can name a process that gets a signal whenever a file has news:
#: F_SETOWN, F_SETSIG, F_SETOWN_EX; FIOSETOWN, SIOCSPGRP.
OWNERS, OWNER_REQUESTS = (8, 10, 15), (0x8901, 0x8902)
CLONE_THREAD = 0x0001_0000
#: The flags of `clone` that make a namespace: time, mounts, cgroup, uts, ipc, user, pid, net.
NAMESPACES = (0x80, 0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000)


def filter_system_calls(*, processes: int, landlock_abi: int) -> None:
    """From now on: none of the calls above, no child processes unless more than one process is allowed."""
    import pyseccomp
    from pyseccomp import EQ, ERRNO, MASKED_EQ, NE, Arg

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    here = pyseccomp.system_arch()

    def deny(names: str, *conditions: Arg, error: int = errno.EPERM) -> None:
        for name in names.split():
            number = NUMBERS.get(name) or pyseccomp.resolve_syscall(here, name)
            if number != -1:  # this processor has it
                rules.add_rule(ERRNO(error), number, *conditions)

    for names in (ATTRIBUTES, NETWORK, SURROUNDINGS, OTHERS, LASTING, KERNEL):
        deny(names)
    deny(
        "clone3", error=errno.ENOSYS
    )  # its flags lie in memory, where no filter can look; the C library then uses clone
    if processes == 1:
        deny("fork vfork", error=errno.EAGAIN)
        deny("clone", Arg(0, MASKED_EQ, CLONE_THREAD, 0), error=errno.EAGAIN)
    else:
        for flag in NAMESPACES:
            deny("clone", Arg(0, MASKED_EQ, flag, flag))
    deny("prlimit64 sched_setaffinity", Arg(0, NE, 0))  # for this process alone
    if processes == 1 or landlock_abi < 6:  # later versions of Landlock keep signals among the worker's own processes
        deny(SIGNALS, Arg(0, NE, os.getpid()))
        for command in OWNERS:
            deny("fcntl", Arg(1, EQ, command))
        for request in OWNER_REQUESTS:
            deny("ioctl", Arg(1, EQ, request))
    if landlock_abi < 3:  # earlier versions let a file be emptied by opening it for reading
        emptying = os.O_ACCMODE | os.O_TRUNC
        deny("truncate")
        deny("open", Arg(1, MASKED_EQ, emptying, os.O_TRUNC))
        deny("openat", Arg(2, MASKED_EQ, emptying, os.O_TRUNC))
        deny("openat2", error=errno.ENOSYS)
    rules.load()
