"""The pages of the course, laid out as a plain Sphinx project in a folder of their own.

What is copied is named here, file by file or folder by folder. Nothing of `solutions/` is, so that no option and no
mistake in a page can bring a solution onto the site.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlcourse.authoring.site import notebook as notebooks
from dlcourse.authoring.site.library import library_pages
from dlcourse.authoring.site.npm import LETTERS, MATHJAX, unpacked
from dlcourse.files import write_whole

HERE = Path(__file__).parent / "project"
#: The texts of the checkout that are pages, with their links as they stand.
TEXTS = ("README.md", "TEACHING.md", "SECURITY.md", "CONTRIBUTING.md")
#: What those link to, and what is no page.
LINKED = ("LICENSE", "CITATION.cff", ".github/activation-explorer.png")
#: MathJax in one file with its common letters, and what gives screen readers each formula as MathML.
FORMULAS = ("tex-svg.js", "a11y/assistive-mml.js")
#: Its rarer letters, each kind in a file that a page asks for when it needs one.
LETTERS_OF = "svg/dynamic"

OPENING = """\
<details id="open"><summary>Open it in JupyterLab</summary>

In a terminal, the first time:

```sh
pip install dlcourse
dlcourse start my-course
```

Then, every time, `dlcourse lab my-course`. In JupyterLab's list of files open `{folder}`, and there `{name}`.
{lite}
</details>"""


CONVENTIONS = """\
# Symbols, conventions, words

What all lessons share. It is the second half of [lesson 00](lessons/00_start_here.ipynb)."""


@dataclass(frozen=True)
class Folder:
    """A folder of notebooks, and what the page above them says."""

    name: str
    title: str
    says: str


FOLDERS = (
    Folder(
        "lessons", "Lessons", "Each with all that it computes. Read them in order; each says which others it needs."
    ),
    Folder(
        "exercises",
        "Exercises",
        "What you write yourself. Do them in JupyterLab, where each answer is checked at once.",
    ),
)


def lay_out(root: Path, folder: Path, cache: Path, lite: bool = False) -> None:
    """Write the project of the checkout at `root` into `folder`, in place of what was there.

    With `lite`, every notebook's page links to JupyterLite beside the site.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (*TEXTS, *LINKED):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, folder / name)
    for kind in FOLDERS:
        paths = sorted((root / kind.name).glob("*.ipynb"))
        for path in paths:
            shown = notebooks.page(read(path), opening(path, lite))
            write_whole(folder / kind.name / path.name, json.dumps(shown))
        write_whole(folder / kind.name / "index.md", index(kind.title, kind.says, [path.stem for path in paths]))
    start_here = read(root / "lessons" / "00_start_here.ipynb")
    conventions = notebooks.section(start_here, CONVENTIONS, "## 4. Symbols", "## 7. Words")
    write_whole(folder / "conventions.ipynb", json.dumps(conventions))
    for name, text in library_pages().items():
        write_whole(folder / "library" / f"{name}.md", text)
    mathjax = folder / "_static" / "mathjax"
    for name in FORMULAS:
        write_whole(mathjax / name, (unpacked(MATHJAX, cache) / name).read_bytes())
    shutil.copytree(unpacked(LETTERS, cache) / LETTERS_OF, mathjax / "letters" / LETTERS_OF)


def read(path: Path) -> dict[str, Any]:
    """A notebook's JSON."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def opening(path: Path, lite: bool) -> str:
    """How to open a notebook."""
    folder, name = path.parent.name, path.name
    link = f"../lite/lab/index.html?path={folder}/{name}"
    said = f'\n<a class="in-browser" href="{link}">Or run it in the browser</a>, without installing anything.\n'
    return OPENING.format(folder=folder, name=name, lite=said if lite else "")


def index(title: str, says: str, names: list[str]) -> str:
    """A page that lists others."""
    return "\n".join([f"# {title}", "", says, "", "```{toctree}", ":maxdepth: 1", "", *names, "```", ""])
