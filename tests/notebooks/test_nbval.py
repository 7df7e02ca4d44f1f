"""What the builder writes passes a strict nbval run, and a stale output does not."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from dlcourse.authoring.processor import PROCESSOR


def nbval(notebook):
    """Run what `make test-notebooks` runs; return its exit code and what it printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:python", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--nbval", "--nbval-current-env", "-W", "error", str(notebook)],
        env=os.environ | PROCESSOR | {"OPENBLAS_NUM_THREADS": "1", "TQDM_DISABLE": "1"},
        cwd=notebook.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_built_lesson_with_widgets_and_figures_passes(built, tmp_path):
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "01_lesson.ipynb").write_text(built[1])
    code, said = nbval(folder / "01_lesson.ipynb")
    assert code == 0, said


def test_a_stale_output_fails(built, tmp_path):
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "01_lesson.ipynb").write_text(built[1].replace("0.125", "0.126"))
    code, said = nbval(folder / "01_lesson.ipynb")
    assert code == 1
    assert "0.126" in said


def test_lessons_are_tested_with_the_arithmetic_that_they_were_built_with():
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    (line,) = [line for line in makefile.splitlines() if line.startswith("PROCESSOR")]
    assert shlex.split(line)[2:] == [f"{name}={value}" for name, value in PROCESSOR.items()]
