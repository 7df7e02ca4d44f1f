"""What is wrong with an installation, in plain words, and how to mend it.

A check is a function of a `Visit` (the course folder, the port that is wished for). It returns a `Finding`: what it found,
and the faults in it, each with a sentence and a remedy. A remedy is a command wherever there is one.

    examine(visit)       every check, one after the other; the last one starts a kernel and an explorer in it
    refuse_what_fails    the quick ones, before JupyterLab starts: the first fault becomes a CourseError

`python dlcourse/doctor` is for a Python that cannot import the package: see __main__.py.
"""

from collections.abc import Iterator

from dlcourse.course import CourseError
from dlcourse.doctor import copies, environment, folder, kernel, names, outside, packages, page, places, spec
from dlcourse.doctor.finding import Check, Finding, Visit

#: In this order they are told; `quick` ones take milliseconds, and what they find keeps the course from working.
CHECKS = (
    Check("Python", environment.python),
    Check("environment", environment.activated),
    Check("terminal", environment.terminal),
    Check("dlcourse", copies.copies),
    Check("packages", packages.packages, quick=True),
    Check("names", names.names, quick=True),
    Check("JupyterLab", page.pages, quick=True),
    Check("widgets", page.widgets, quick=True),
    Check("kernel", spec.kernelspec, quick=True),
    Check("writing", places.writing, quick=True),
    Check("port", outside.port, quick=True),
    Check("browser", outside.browser),
    Check("course", folder.folder),
    Check("explorer", kernel.kernel),
)


def examine(visit: Visit) -> Iterator[tuple[str, Finding]]:
    """The name of each check and what it found, as soon as it is found."""
    for check in CHECKS:
        yield check.name, check.made(visit)


def refuse_what_fails(visit: Visit) -> None:
    """Raise CourseError for the first fault that the quick checks find."""
    for check in CHECKS:
        if check.quick and (faults := check.made(visit).faults):
            raise CourseError(
                f"{faults[0].wrong} To mend it: {faults[0].mend}\n"
                "`dlcourse doctor` looks at everything; `dlcourse lab --anyway` starts all the same."
            )
