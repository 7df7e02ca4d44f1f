"""What the builder writes passes a strict nbval run, and a stale output does not."""

import os
import subprocess
import sys


def nbval(notebook):
    """Run what `make test-notebooks` runs; return its exit code and what it printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:python", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--nbval", "--nbval-current-env", "-W", "error", str(notebook)],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "TQDM_DISABLE": "1"},
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
