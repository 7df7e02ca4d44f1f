"""From the Sphinx project to HTML. A warning is an error: a link that leads nowhere, a page that nothing leads to."""

import shutil
from pathlib import Path

from dlcourse.authoring.site.project import lay_out

#: What Sphinx leaves behind, and no reader needs.
LEFT_BEHIND = (".buildinfo", "objects.inv", ".doctrees")


class SiteError(Exception):
    """A site that could not be built; Sphinx has said why."""


def build(root: Path, out: Path, work: Path, cache: Path) -> None:
    """Build the site of the checkout at `root` into `out`. JupyterLite that is in `out` already gets its links."""
    from sphinx.cmd.build import main as sphinx

    lay_out(root, work / "source", cache, lite=(out / "lite" / "jupyter-lite.json").is_file())
    arguments = ["-b", "html", "-W", "--keep-going", "-q", "-j", "auto", "-d", work / "doctrees", work / "source", out]
    if sphinx(list(map(str, arguments))):
        raise SiteError("the site was not built: Sphinx says above what to mend")
    for name in LEFT_BEHIND:
        path = out / name
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
