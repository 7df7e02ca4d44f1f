"""What comes from npm: fetched once into a folder that git ignores, and only if it is what was pinned, byte for byte."""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path


class NpmError(Exception):
    """A package that cannot be had, or is another than the one pinned."""


@dataclass(frozen=True)
class Package:
    """A package of one version, and the digest that npm gives for its archive."""

    name: str
    version: str
    integrity: str

    @property
    def file(self) -> str:
        """What npm calls the archive.

        >>> LETTERS.file
        'mathjax-mathjax-newcm-font-4.1.3'
        """
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}"


MATHJAX = Package(
    "mathjax",
    "4.1.3",
    "sha512-BN/8Pkgn7G1pIDYJqd9md+JHsE/jydSYbyOZnSdSA0WziuVO8mRxdYiWFumkVVly/8U+hm9DpIIoWuvySverzw==",
)
LETTERS = Package(
    "@mathjax/mathjax-newcm-font",
    "4.1.3",
    "sha512-gzAB3dFHilHX1l5x2xUqRL+1jDQt3Fyza1DkEMVXWC4E8SvsGdlgEza47HYi2WhVcgfkvf4zgUGzuhbq3Pjlew==",
)
AXE = Package(
    "axe-core",
    "4.14.1",
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
)


def unpacked(package: Package, cache: Path) -> Path:
    """The folder that holds the package's files. Raises NpmError without npm, without a network, or on other bytes."""
    folder = cache / package.file
    if not folder.is_dir():
        archive = fetched(package, cache)
        with tarfile.open(archive) as file, tempfile.TemporaryDirectory(dir=cache) as place:
            file.extractall(place, filter="data")
            Path(place, "package").rename(folder)
    return folder


def fetched(package: Package, cache: Path) -> Path:
    """The package's archive, with the digest that is pinned."""
    archive = cache / f"{package.file}.tgz"
    if not archive.is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise NpmError(f"{package.name} is fetched by npm, which is not installed: apt install npm, say")
        cache.mkdir(parents=True, exist_ok=True)
        command = [npm, "pack", "--silent", f"{package.name}@{package.version}", "--pack-destination", str(cache)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise NpmError(f"npm cannot fetch {package.name} {package.version}: {done.stderr.strip()}")
    if (found := integrity(archive)) != package.integrity:
        archive.unlink()
        raise NpmError(f"{package.name} {package.version} is not what was pinned: its digest is {found}")
    return archive


def integrity(file: Path) -> str:
    """The digest of a file, as npm writes it."""
    return f"sha512-{b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()}"
