"""The attacks once more, by a grader without root's powers: other means keep the promises then."""

import os
import sys
import tempfile
from pathlib import Path

import pytest
from classroom import ROOT
from ordinary import obstacle, places_of_python, run_as_nobody


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs these tests already: test_attacks.py was this")
def test_every_attack_ends_the_same_for_an_ordinary_user():
    attacks = "tests/grading/test_attacks.py"
    pytest_here = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", attacks]
    needed = [ROOT, *places_of_python()]
    if reason := obstacle(needed):
        pytest.skip(reason)
    with tempfile.TemporaryDirectory() as home:  # not pytest's own, which is closed to others
        done = run_as_nobody(pytest_here, Path(home), needed)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
