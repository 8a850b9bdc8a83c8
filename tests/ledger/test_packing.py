"""Packing: one set of files, one sequence of bytes; every other sequence is refused."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.ledger import packing
from consult.ledger.packing import BundleRefused, NotABundle, pack, unpack

FILES = {"a.txt": b"hello", "text/b.json": b"{}", "empty": b""}
NAMES = st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=12)


def rezip(files: dict[str, bytes], **how: int) -> bytes:
    """The same files as another program packs them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **how) as other:  # type: ignore[arg-type]
        for name, data in files.items():
            other.writestr(name, data)
    return out.getvalue()


@given(st.dictionaries(NAMES, st.binary(max_size=50), max_size=5))
def test_what_is_packed_is_unpacked(files: dict[str, bytes]) -> None:
    data = pack(files)
    assert unpack(data) == files
    assert pack(dict(reversed(files.items()))) == data


def test_other_programs_read_it() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(FILES))) as other:
        assert other.testzip() is None
        assert {name: other.read(name) for name in other.namelist()} == FILES
        assert {info.date_time for info in other.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in other.infolist()} == {0o100644}


def test_every_flipped_bit_is_refused() -> None:
    data = pack(FILES)
    for place in range(8 * len(data)):
        spoiled = bytearray(data)
        spoiled[place // 8] ^= 1 << place % 8
        with pytest.raises(BundleRefused):
            unpack(bytes(spoiled))


def test_every_shorter_and_some_longer_files_are_refused() -> None:
    data = pack(FILES)
    for end in range(len(data)):
        with pytest.raises((BundleRefused, NotABundle)):
            unpack(data[:end])
    for longer in (data + b"\0", data + data, b"\0" + data, b"MZ" + data):
        with pytest.raises(BundleRefused, match="pack"):
            unpack(longer)


@pytest.mark.parametrize("how", [{}, {"compression": zipfile.ZIP_DEFLATED}, {"compression": zipfile.ZIP_BZIP2}])
def test_the_same_files_packed_by_another_program_are_refused(how: dict[str, int]) -> None:
    with pytest.raises(BundleRefused) as refusal:
        unpack(rezip(FILES, **how))
    assert refusal.value.kind == "packing"


def test_a_small_file_that_would_grow_is_refused_without_growing() -> None:
    bomb = rezip({"a.txt": bytes(50_000_000)}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 60_000
    with pytest.raises(BundleRefused, match="stored plainly"):
        unpack(bomb)


def test_a_comment_an_extra_field_and_a_doubled_name_are_refused() -> None:
    data = pack(FILES)
    with pytest.raises(BundleRefused, match="byte for byte"):
        unpack(data[:-2] + b"\x05\x00hello")
    one = pack({"a.txt": b"1"})
    local = one[: one.index(b"PK\x01\x02")]
    with pytest.raises(BundleRefused) as refusal:
        unpack(local + local + one[len(local) :])
    assert refusal.value.kind == "doubled member"
    info = zipfile.ZipInfo("a.txt")
    info.extra = b"\x55\x54\x05\x00\x01\x00\x00\x00\x00"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as other:
        other.writestr(info, b"1")
    with pytest.raises(BundleRefused, match="extra fields"):
        unpack(out.getvalue())


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"PK", bytes(1000), b'{"manifest":1}'])
def test_something_else_is_not_a_bundle(data: bytes) -> None:
    with pytest.raises(NotABundle):
        unpack(data)


@given(st.binary(max_size=120))
def test_no_bytes_make_the_reader_stumble(data: bytes) -> None:
    for each in (data, b"PK\x03\x04" + data, pack({"a": data})[:-22] + data):
        with contextlib.suppress(BundleRefused, NotABundle):
            unpack(each)


def test_more_members_than_any_bundle_has_are_refused() -> None:
    with pytest.raises(BundleRefused, match="at most"):
        pack({str(n): b"" for n in range(packing.MOST_MEMBERS + 1)})
