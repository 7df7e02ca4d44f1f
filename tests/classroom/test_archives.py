"""Archives of strangers: what is unpacked lies inside the folder, what is dangerous is refused by name, the rest goes on."""

import gzip
import io
import os
import stat
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.classroom.intake import archives
from dlcourse.classroom.intake.archives import BadArchive, Room, unpack
from dlcourse.classroom.intake.safe_names import Refusal, safe_parts

GOOD = {"student-001.ipynb": b"{}", "student-002/05_activations/work.ipynb": b"{}"}


def zip_of(path, members, **options):
    """A zip; a name may be a ZipInfo."""
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tar_of(path, members):
    with tarfile.open(path, "w:gz" if path.suffix == ".tgz" else "w") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def tar_member(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def zip_member(name, mode=0, flags=0):
    info = zipfile.ZipInfo(name)
    info.external_attr, info.flag_bits = mode << 16, flags
    return info


def names(unpacked):
    return ["/".join(entry.parts) for entry in unpacked.entries if entry.path]


def refused(unpacked):
    return [(one.member, one.reason) for one in unpacked.refused]


BAD_NAMES = {
    "../../etc/passwd": "leads out of the folder",
    "a/../../b.ipynb": "leads out of the folder",
    "..\\..\\evil.ipynb": "leads out of the folder",
    ".. /evil.ipynb": "leads out of the folder",
    "/etc/passwd": "an absolute path",
    "\\\\server\\share\\x": "an absolute path",
    "C:\\Windows\\x.ipynb": "a drive letter",
    "c:x.ipynb": "a drive letter",
    "/".join("abcdefghijklmnop"): "twelve folders deep",
}


@pytest.mark.parametrize(("name", "says"), BAD_NAMES.items())
@pytest.mark.parametrize("kind", ["zip", "tar", "tgz"])
def test_a_name_that_leads_elsewhere_is_refused_and_the_others_come_out(tmp_path, name, says, kind):
    path = tmp_path / f"class.{kind}"
    members = [("first.ipynb", b"1"), (name, b"x"), ("last.ipynb", b"2")]
    if kind == "zip":
        zip_of(path, members)
    else:
        tar_of(path, [(tar_member(name), data) for name, data in members])
    unpacked = unpack(path, tmp_path / "out")
    assert names(unpacked) == ["first.ipynb", "last.ipynb"]
    ((_, reason),) = refused(unpacked)
    assert says in reason


KINDS = {
    "a symbolic link": (tar_member("bad", tarfile.SYMTYPE, "/etc/passwd"), "it is a link"),
    "a link to a neighbour": (tar_member("bad", tarfile.SYMTYPE, "first.ipynb"), "it is a link"),
    "a hard link": (tar_member("bad", tarfile.LNKTYPE, "first.ipynb"), "it is a link"),
    "a device": (tar_member("bad", tarfile.CHRTYPE), "it is a device"),
    "a pipe": (tar_member("bad", tarfile.FIFOTYPE), "it is a device"),
    "a symbolic link in a zip": (zip_member("bad", stat.S_IFLNK | 0o777), "it is a link"),
    "a device in a zip": (zip_member("bad", stat.S_IFCHR | 0o600), "it is a device"),
}


@pytest.mark.parametrize(("member", "reason"), KINDS.values(), ids=KINDS)
def test_what_is_no_file_is_refused(tmp_path, member, reason):
    if isinstance(member, zipfile.ZipInfo):
        path = zip_of(tmp_path / "class.zip", [("first.ipynb", b"1"), (member, b"/etc/passwd"), ("last.ipynb", b"2")])
    else:
        members = [(tar_member("first.ipynb"), b"1"), (member, b""), (tar_member("last.ipynb"), b"2")]
        path = tar_of(tmp_path / "class.tgz", members)
    unpacked = unpack(path, tmp_path / "out")
    assert (names(unpacked), refused(unpacked)) == (["first.ipynb", "last.ipynb"], [("bad", reason)])


def patched(path, old, new):
    """The archive with bytes of its headers changed, as no program would write them."""
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


def test_an_encrypted_member_is_refused(tmp_path):
    path = zip_of(tmp_path / "class.zip", [("bad.ipynb", b"x" * 99), ("last.ipynb", b"2")])
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    unpacked = unpack(path, tmp_path / "out")
    assert (names(unpacked), refused(unpacked)) == (["last.ipynb"], [("bad.ipynb", "it is encrypted")])


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["a/work.ipynb", "a/WORK.ipynb", "a\\work.ipynb", "./a//work.ipynb"])
def test_a_second_member_of_one_name_is_refused_and_the_first_stays(tmp_path, second):
    unpacked = unpack(zip_of(tmp_path / "c.zip", [("a/work.ipynb", b"1"), (second, b"2")]), tmp_path / "out")
    assert [entry.path.read_bytes() for entry in unpacked.entries if entry.path] == [b"1"]
    assert "another member has this name" in unpacked.refused[0].reason


MEETINGS = {
    "folders that differ in capitals": (["ada/a.ipynb", "Ada/b.ipynb"], "in other capitals"),
    "a file where a folder is": (["ada/a.ipynb", "ada"], "another member has this name"),
    "a folder where a file is": (["ada", "ada/a.ipynb"], "is a file as well"),
}


@pytest.mark.parametrize(("members", "says"), MEETINGS.values(), ids=MEETINGS)
def test_names_that_would_meet_on_some_system_are_refused(tmp_path, members, says):
    unpacked = unpack(zip_of(tmp_path / "c.zip", [(name, b"") for name in members]), tmp_path / "out")
    assert (names(unpacked), says in unpacked.refused[0].reason) == (members[:1], True)


def test_a_bomb_is_refused_long_before_it_is_unpacked_and_the_others_come_out(tmp_path):
    members = [("bomb.ipynb", bytes(8 * 2**20)), ("last.ipynb", b"2")]
    unpacked = unpack(zip_of(tmp_path / "c.zip", members, compression=zipfile.ZIP_DEFLATED), tmp_path / "out")
    assert (names(unpacked), refused(unpacked)) == (["last.ipynb"], [("bomb.ipynb", "it unpacks to more than 4 MB")])


def test_a_member_that_promises_little_and_holds_much_is_refused(tmp_path):
    path = zip_of(tmp_path / "c.zip", [("bomb.ipynb", bytes(2**20))], compression=zipfile.ZIP_DEFLATED)
    unpacked = unpack(patched(path, (2**20).to_bytes(4, "little"), (1).to_bytes(4, "little")), tmp_path / "out")
    assert (names(unpacked), len(unpacked.refused)) == ([], 1)


def test_a_member_larger_than_any_notebook_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBER", 1000)
    path = tar_of(tmp_path / "c.tar", [(tar_member("bad.ipynb"), bytes(2000)), (tar_member("last.ipynb"), b"2")])
    assert names(unpack(path, tmp_path / "out")) == ["last.ipynb"]


def test_what_an_archive_may_fill_in_all_is_counted(tmp_path):
    path = zip_of(tmp_path / "c.zip", [(f"{i}.ipynb", bytes(1000)) for i in range(5)])
    assert len(names(unpack(path, tmp_path / "out", Room(members=10, total=2500)))) == 2


def test_a_packed_tar_of_zeros_ends_at_what_is_allowed(tmp_path):
    path = tmp_path / "c.tgz"
    with gzip.open(path, "wb") as file:
        file.write(tar_of(tmp_path / "c.tar", [(tar_member("first.ipynb"), b"1")]).read_bytes()[:1024])
        info = tar_member("bomb.ipynb")
        info.size = 2**40
        file.write(info.tobuf(tarfile.GNU_FORMAT) + bytes(2**20))
    unpacked = unpack(path, tmp_path / "out", Room(members=10, total=2**19))
    assert names(unpacked) == ["first.ipynb"]
    assert [one.member for one in unpacked.refused] == ["bomb.ipynb", "all that follows"]


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_too_many_members_are_refused(tmp_path, kind):
    path, few = tmp_path / f"c.{kind}", Room(members=3, total=2**20)
    members = [(f"{i}.ipynb", b"") for i in range(5)]
    if kind == "tar":
        unpacked = unpack(tar_of(path, [(tar_member(name), data) for name, data in members]), tmp_path / "out", few)
        assert (len(names(unpacked)), refused(unpacked)) == (3, [("all that follows", "it holds more than 3 members")])
    else:
        with pytest.raises(BadArchive, match="more than 3 members"):
            unpack(zip_of(path, members), tmp_path / "out", few)


def unflagged(name, encoding, path):
    """A zip as programs write it that know nothing of the flag for UTF-8."""
    raw = name.encode(encoding)
    stand_in = "x" * len(raw)
    return patched(zip_of(path, [(stand_in, b"{}")]), stand_in.encode(), raw)


CODED = {
    "UTF-8 and no flag": ("Zoë.ipynb", "utf-8"),
    "code page 437": ("Zoë.ipynb", "cp437"),
    "plain": ("Zoe.ipynb", "ascii"),
}


@pytest.mark.parametrize(("name", "encoding"), CODED.values(), ids=CODED)
def test_a_name_is_read_in_the_encoding_that_it_was_written_in(tmp_path, name, encoding):
    assert names(unpack(unflagged(name, encoding, tmp_path / "c.zip"), tmp_path / "out")) == [name]


def test_a_name_in_a_tar_from_before_utf8_is_read_as_latin_1(tmp_path):
    path = tmp_path / "c.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        archive.addfile(tar_member("Zoë.ipynb"))
    assert names(unpack(path, tmp_path / "out")) == ["Zoë.ipynb"]


MENDED = {
    "student-001\\05_activations\\a.ipynb": ("student-001", "05_activations", "a.ipynb"),
    "./a//b.ipynb": ("a", "b.ipynb"),
    'who?/"a"*b|c<d>.ipynb': ("who_", "_a__b_c_d_.ipynb"),
    "aux.ipynb": ("_aux.ipynb",),
    "a\nb\x1b.ipynb": ("a_b_.ipynb",),
    "trailing. /x.ipynb": ("trailing", "x.ipynb"),
    "Zoe\u0308.ipynb": ("Zoë.ipynb",),
}


@pytest.mark.parametrize(("name", "parts"), MENDED.items())
def test_a_name_that_some_system_could_not_hold_is_mended(name, parts):
    assert safe_parts(name) == parts


def test_very_long_names_come_out_short_and_stay_apart(tmp_path):
    members = [("林" * 100 + f"{i}.ipynb", b"{}") for i in range(2)]
    found = names(unpack(zip_of(tmp_path / "c.zip", members), tmp_path / "out"))
    assert (len(set(found)), {name.endswith(".ipynb") for name in found}) == (2, {True})


def test_what_a_system_leaves_beside_files_is_left_out(tmp_path):
    members = [
        ("__MACOSX/._a.ipynb", b""),
        (".DS_Store", b""),
        ("a/.ipynb_checkpoints/a.ipynb", b""),
        ("a/a.ipynb", b""),
    ]
    unpacked = unpack(zip_of(tmp_path / "c.zip", members), tmp_path / "out")
    assert (names(unpacked), unpacked.refused) == (["a/a.ipynb"], ())


def test_a_damaged_member_is_refused_and_the_others_come_out(tmp_path):
    path = zip_of(tmp_path / "c.zip", [("bad.ipynb", b"A" * 99), ("last.ipynb", b"2")])
    assert names(unpack(patched(path, b"A" * 99, b"A" * 98 + b"B"), tmp_path / "out")) == ["last.ipynb"]


def test_a_tar_that_was_cut_short_gives_what_came_before(tmp_path):
    members = [(tar_member("first.ipynb"), b"1"), (tar_member("last.ipynb"), bytes(5000))]
    path = tar_of(tmp_path / "c.tar", members)
    path.write_bytes(path.read_bytes()[:3000])
    unpacked = unpack(path, tmp_path / "out")
    assert (names(unpacked), len(unpacked.refused) > 0) == (["first.ipynb"], True)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04", b"\x1f\x8b", b"not an archive", b"Rar!\x1a\x07"])
def test_what_is_no_archive_is_one_refusal(tmp_path, data):
    (tmp_path / "c.zip").write_bytes(data)
    with pytest.raises(BadArchive):
        unpack(tmp_path / "c.zip", tmp_path / "out")


def samples(folder):
    folder.mkdir()
    members = [*GOOD.items(), ("../x", b"x"), ("a" * 300, b"y"), ("Zoë.ipynb", b"z" * 500)]
    packed = zip_of(folder / "c.zip", members, compression=zipfile.ZIP_DEFLATED)
    infos = [(tar_member(name), data) for name, data in members] + [(tar_member("l", tarfile.SYMTYPE, "/etc"), b"")]
    return [packed.read_bytes(), *(tar_of(folder / name, infos).read_bytes() for name in ("c.tar", "c.tgz"))]


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    """A folder with a folder in it to unpack into: nothing may appear beside the latter."""
    folder = tmp_path_factory.mktemp("arena")
    return folder, samples(folder / "samples")


def unpack_anything(folder, data):
    path = folder / "any.zip"
    path.write_bytes(data)
    try:
        unpacked = unpack(path, folder / "out", Room(members=50, total=2**22))
    except BadArchive as error:
        assert str(error)
    else:
        inside = str((folder / "out").resolve()) + os.sep
        assert all(str(entry.path.resolve()).startswith(inside) for entry in unpacked.entries if entry.path)
    assert {one.name for one in folder.iterdir()} <= {"samples", "any.zip", "out"}


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08"]), st.binary(max_size=600))
def test_no_bytes_raise_anything_but_the_refusal(arena, magic, data):
    unpack_anything(arena[0], magic + data)


@settings(derandomize=True, deadline=None, max_examples=250)
@given(
    st.integers(0, 2),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=4),
    st.floats(0.2, 1),
)
def test_no_damaged_archive_raises_anything_else_or_writes_outside(arena, which, changes, kept):
    folder, samples = arena
    data = bytearray(samples[which])
    for place, new in changes:
        at = int(place * len(data))
        data[at : at + len(new)] = new
    unpack_anything(folder, bytes(data[: max(1, int(kept * 1.25 * len(data)))]))


@settings(derandomize=True, deadline=None, max_examples=250)
@given(st.one_of(st.text(st.characters(exclude_categories=()), max_size=60), st.text("./\\:aA \0", max_size=20)))
def test_every_name_is_made_safe_or_refused(name):
    try:
        parts = safe_parts(name)
    except Refusal:
        return
    assert parts
    assert all(
        part not in ("", ".", "..") and not set(part) & set('/\\:*?"<>|\0') and len(part.encode()) <= 200
        for part in parts
    )
