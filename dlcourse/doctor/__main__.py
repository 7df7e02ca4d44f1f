"""`python dlcourse/doctor`: the doctor's back door, for a Python that cannot import the package.

Python reads a file whole before it runs its first line. So this one keeps to what every Python since 2.7 understands, until
it is sure of a Python that has NumPy: only then does it open the front door, dlcourse/doctor/__init__.py.
"""

from __future__ import print_function

import os
import sys

OLDEST = (3, 11)  # as in pyproject.toml; a test holds them together
DOCTOR = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(DOCTOR))


def main():
    # type: () -> int
    """Look at this Python first, then at everything."""
    if sys.version_info[:2] < OLDEST:
        version = ".".join(map(str, sys.version_info[:3]))
        print("wrong Python: dlcourse needs %d.%d or newer, and %s is %s." % (OLDEST + (sys.executable, version)))
        print("        To mend it:")
        print("        install a newer Python, such as 3.12, and say: make lab PYTHON=python3.12")
        print("        (without make: python3.12 -m venv .venv, then .venv/bin/python -m pip install -e .)")
        return 1
    if not __package__:  # run as a folder: Python has put the folder itself on its path, and not what it lies in
        sys.path[0] = ROOT
    try:
        from dlcourse.doctor.told import doctor
    except (ImportError, AttributeError) as error:
        print("wrong packages: %s cannot load what dlcourse needs: %s." % (sys.executable, first_cause(error)))
        print("        To mend it:")
        print("        " + remedy())
        return 1
    return doctor(sys.argv[1] if sys.argv[1:] else None)


def first_cause(error):
    # type: (BaseException) -> str
    """What went wrong first, without the page of advice that NumPy adds."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip().splitlines() or ["?"])[0].rstrip(".")


def remedy():
    # type: () -> str
    """What stands in the way goes first; then the environment that lies beside the course may have it all."""
    if os.environ.get("PYTHONPATH"):
        return "try without PYTHONPATH, which is %s: unset PYTHONPATH" % os.environ["PYTHONPATH"]
    for own in (os.path.join(ROOT, ".venv", "bin", "python"), os.path.join(ROOT, ".venv", "Scripts", "python.exe")):
        if os.path.exists(own) and os.path.dirname(own) != os.path.dirname(sys.executable):
            return "use the environment that is there: %s %s" % (own, DOCTOR)
    source = "-e " + ROOT if os.path.exists(os.path.join(ROOT, "pyproject.toml")) else "--upgrade dlcourse"
    return "%s -m pip install --force-reinstall %s" % (sys.executable, source)


if __name__ == "__main__":
    sys.exit(main())
