"""JupyterLite beside the site: JupyterLab and a Python that both run in the reader's browser, with the course in it.

    python -m dlcourse.authoring.site.lite --jupyter .venv-lite/bin/jupyter --out build/site/lite

Its files are those that `dlcourse start` gives a learner, so no solution can be among them. Python there is Pyodide. It and
the packages that are compiled for it (NumPy, Matplotlib, scikit-learn) come from Pyodide's host when a notebook is run.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from dlcourse.course import MANIFEST, start

#: Stands first in each notebook: elsewhere the course was installed before it was opened.
INSTALL = """\
# In the browser this comes first, and takes a minute: it fetches the course and what it needs.
%pip install -q dlcourse"""


class LiteError(Exception):
    """JupyterLite that could not be built; the message is what the failing command said."""


def build_lite(root: Path, out: Path, jupyter: Path) -> None:
    """Build JupyterLite with the course of the checkout at `root` into `out`, by JupyterLite's own `jupyter` command."""
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        wheel = [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            str(work / "wheels"),
            str(root.resolve()),
        ]
        run(wheel, work)
        lay_out(root, work / "files")
        (made,) = (work / "wheels").glob("*.whl")
        options = {"--contents": work / "files", "--piplite-wheels": made, "--output-dir": out.resolve()}
        lite = [str(jupyter.absolute()), "lite", "build", *(f"{name}={value}" for name, value in options.items())]
        run([*lite, "--apps=lab", "--no-unused-shared-packages", "--no-sourcemaps"], work)


def lay_out(root: Path, folder: Path) -> None:
    """Write what a learner gets, each notebook with its installation in the first cell."""
    start(folder, root)
    shutil.rmtree(folder / MANIFEST.parent)
    for path in sorted(folder.glob("*/*.ipynb")):
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        cell: dict[str, Any] = {
            "cell_type": "code",
            "execution_count": None,
            "id": "install",
            "metadata": {},
            "outputs": [],
        }
        notebook["cells"].insert(0, cell | {"source": INSTALL})
        path.write_text(json.dumps(notebook), encoding="utf-8")


def run(command: list[str], folder: Path) -> None:
    """Run a command to its end. Raises LiteError with what it said if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise LiteError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def main() -> int:
    """Build from the checkout in the present folder; 0, or 1 after saying why not."""
    parser = argparse.ArgumentParser(prog="python -m dlcourse.authoring.site.lite", description="Build JupyterLite.")
    parser.add_argument(
        "--jupyter", type=Path, required=True, help="the jupyter command where jupyterlite-core is installed"
    )
    parser.add_argument("--out", type=Path, default=Path("build/site/lite"), help="the folder for JupyterLite")
    chosen = parser.parse_args()
    try:
        build_lite(Path(), chosen.out, chosen.jupyter)
    except LiteError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"JupyterLite: {chosen.out} (serve it, say by python -m http.server: from a folder it cannot run)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
