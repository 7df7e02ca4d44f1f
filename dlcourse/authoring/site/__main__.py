"""The command that builds the site: `python -m dlcourse.authoring.site --out build/site`."""

import argparse
import sys
from pathlib import Path

from dlcourse.authoring.site.build import SiteError, build
from dlcourse.authoring.site.npm import NpmError

CACHE = Path(".cache", "npm")


def main() -> int:
    """Build the site of the checkout in the present folder; 0, or 1 after saying why not."""
    parser = argparse.ArgumentParser(
        prog="python -m dlcourse.authoring.site", description="Build the course as a site."
    )
    parser.add_argument("--out", type=Path, default=Path("build/site"), help="the folder for the site")
    chosen = parser.parse_args()
    try:
        build(Path(), chosen.out, work=chosen.out.with_name(f"{chosen.out.name}-work"), cache=CACHE)
    except (NpmError, SiteError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The site: {chosen.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
