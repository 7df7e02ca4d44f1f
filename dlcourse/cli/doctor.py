"""`dlcourse doctor`: what is wrong with this installation, and how to mend it."""

from pathlib import Path
from typing import Annotated

import typer


def doctor(
    folder: Annotated[Path | None, typer.Argument(help="Your course folder (this one if left out).")] = None,
    port: Annotated[int | None, typer.Option(help="The port that JupyterLab is to serve on.")] = None,
) -> None:
    """Say what is wrong with this installation and how to mend it. Exit code 1 if something is."""
    from dlcourse.doctor.told import doctor as examine

    raise typer.Exit(examine(folder, port))
