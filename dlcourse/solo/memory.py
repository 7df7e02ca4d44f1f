"""What a course folder remembers between two calls: small files in its `.dlcourse/`, each of which may be lost."""

import json
from pathlib import Path
from typing import Any

from dlcourse.course import MANIFEST
from dlcourse.files import write_whole


class Memory:
    """One of those files. What cannot be read was never known; it is made anew with the next call of `write`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = (folder / MANIFEST).with_name(f"{name}.json")

    def read(self) -> dict[str, Any]:
        """What is remembered, by name. Anything may stand in it: whoever asks must check what they take out."""
        try:
            data = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) else {}

    def write(self, data: dict[str, Any]) -> None:
        """Remember this from now on."""
        write_whole(self._path, json.dumps(data, indent=1, sort_keys=True) + "\n")
