"""The attacks once more, by a grader without root's powers: other means keep the promises then."""

import os
import re
import sys

import pytest
from classroom import ROOT
from ordinary import places_of_python, run_as_nobody


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs these tests already: test_attacks.py was this")
def test_every_attack_ends_the_same_for_an_ordinary_user(tmp_path_factory: pytest.TempPathFactory):
    attacks = "tests/grading/test_attacks.py"
    pytest_here = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", attacks]
    home = tmp_path_factory.mktemp("home")
    done = run_as_nobody(pytest_here, home, [ROOT, *places_of_python()])
    assert re.search(r"^\d+ passed", done.stdout.splitlines()[-1]), done.stdout[-5000:] + done.stderr[-2000:]
