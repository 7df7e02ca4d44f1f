"""Run the walk and write what it prints into the README: `python tests/evening/write_walk.py`."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from walk import README, rewritten, walk


def main() -> int:
    """Return 1 where a command failed; the README then stays as it is."""
    readme = README.read_text(encoding="utf-8")
    done = []
    with tempfile.TemporaryDirectory() as folder:
        for one in walk(readme, Path(folder)):
            print(f"$ {one.step.command}\n{one.step.output}({one.seconds:.1f} s)", flush=True)
            if one.code > 1:
                print(one.stderr, file=sys.stderr)
                return 1
            done.append(one)
    README.write_text(rewritten(readme, done), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
