"""What comes from npm is what was pinned, or nothing."""

import io
import tarfile

import pytest

from dlcourse.authoring.site import npm
from dlcourse.authoring.site.npm import NpmError, Package, integrity, unpacked


@pytest.fixture
def cache(tmp_path):
    """A cache that holds the archive of one package."""
    with tarfile.open(tmp_path / "org-thing-1.0.0.tgz", "w:gz") as archive:
        member = tarfile.TarInfo("package/thing.js")
        member.size = 2
        archive.addfile(member, io.BytesIO(b"ok"))
    return tmp_path


def test_a_package_that_is_what_was_pinned_is_unpacked(cache):
    package = Package("@org/thing", "1.0.0", integrity(cache / "org-thing-1.0.0.tgz"))
    assert (unpacked(package, cache) / "thing.js").read_text() == "ok"


def test_other_bytes_are_refused_and_thrown_away(cache):
    with pytest.raises(NpmError, match=r"@org/thing 1\.0\.0 is not what was pinned"):
        unpacked(Package("@org/thing", "1.0.0", "sha512-other"), cache)
    assert list(cache.iterdir()) == []


def test_without_npm_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(npm.shutil, "which", lambda name: None)
    with pytest.raises(NpmError, match="apt install npm"):
        unpacked(npm.AXE, tmp_path)
