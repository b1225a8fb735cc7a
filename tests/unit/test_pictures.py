"""The sizes of pictures."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

import pytest
from PIL import Image

from sitegen.build.pictures import Pictures
from sitegen.digests import hash_bytes
from sitegen.model import SourcePath


def size_of(folder: Path, name: str) -> tuple[int, int] | None:
    source = SourcePath(name)
    return Pictures(folder, {source: hash_bytes((folder / name).read_bytes())}, {}).size(source)


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "webp", "bmp"])
def test_a_bitmap_has_the_size_of_its_pixels(tmp_path: Path, kind: str) -> None:
    Image.new("RGB", (30, 20)).save(tmp_path / f"a.{kind}")
    assert size_of(tmp_path, f"a.{kind}") == (30, 20)


@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_a_photograph_taken_upright_is_shown_upright(tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (30, 20)).save(tmp_path / f"a.{kind}", exif=exif)
    assert size_of(tmp_path, f"a.{kind}") == (20, 30)


def test_a_photograph_that_says_in_words_how_it_was_taken_is_shown_as_it_is(tmp_path: Path) -> None:
    name, kind, length = 0x0112, 2, 4  # the orientation, as a text
    exif = b"Exif\0\0MM\0*" + struct.pack(">IHHHI4sI", 8, 1, name, kind, length, b"top\0", 0)
    Image.new("RGB", (30, 20)).save(tmp_path / "a.jpg", exif=exif)
    assert size_of(tmp_path, "a.jpg") == (30, 20)


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" width="12" height="7px"/>', (12, 7)),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"/>', (40, 30)),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 40 30"/>', (40, 30)),
        ('<svg xmlns="http://www.w3.org/2000/svg" width=" 12.6px " height="2e2"/>', (13, 200)),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="-5, -.5, 40.5,30"/>', (40, 30)),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', None),
        ("not a picture", None),
        ("", None),
    ],
)
def test_a_drawing_has_the_size_that_it_says(tmp_path: Path, svg: str, size: tuple[int, int] | None) -> None:
    (tmp_path / "a.svg").write_text(svg)
    assert size_of(tmp_path, "a.svg") == size


@pytest.mark.parametrize(
    "svg",
    [
        '<svg width="1.2.3" height="7"/>',
        '<svg width="." height="7"/>',
        '<svg width="-12" height="7"/>',
        f'<svg width="{"9" * 400}" height="7"/>',
        '<svg width="1e99" height="7"/>',
        '<svg viewBox="0 0 1..2 3"/>',
        '<svg viewBox="0 0 nan 3"/>',
        f'<svg viewBox="0 0 3 {"9" * 400}"/>',
        '<?xml version="1.0" encoding="foo"?><svg width="12" height="7"/>',
    ],
)
def test_a_drawing_that_tells_no_sensible_size_has_none(tmp_path: Path, svg: str) -> None:
    (tmp_path / "a.svg").write_text(svg)
    assert size_of(tmp_path, "a.svg") is None


def test_pillow_is_not_asked_about_a_plain_png(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (300, 20)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "open", None)
    assert size_of(tmp_path, "a.png") == (300, 20)


@pytest.mark.parametrize("place", [18, 30])
def test_a_png_with_a_byte_changed_has_the_size_that_pillow_says(tmp_path: Path, place: int) -> None:
    """Of its width, or of the checksum over it."""
    Image.new("RGB", (300, 20)).save(tmp_path / "a.png", dpi=(72, 72))
    content = bytearray((tmp_path / "a.png").read_bytes())
    content[place] ^= 1
    (tmp_path / "a.png").write_bytes(content)
    try:
        with Image.open(tmp_path / "a.png") as image:
            expected = image.size
    except (OSError, SyntaxError):
        expected = None
    assert size_of(tmp_path, "a.png") == expected


def test_a_broken_picture_has_no_size(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    assert size_of(tmp_path, "a.png") is None


def test_what_pillow_finds_odd_is_not_told_to_the_author(tmp_path: Path) -> None:
    cut_short = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHH", 9, 0x0112, 3)
    Image.new("RGB", (30, 20)).save(tmp_path / "a.jpg", exif=cut_short)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert size_of(tmp_path, "a.jpg") == (30, 20)
    assert told == []


def test_a_size_that_is_known_by_content_is_not_read_again(tmp_path: Path) -> None:
    digest = hash_bytes(b"x")
    pictures = Pictures(tmp_path, {SourcePath("gone.png"): digest}, {digest + b".png": (1, 2)})
    assert pictures.size(SourcePath("gone.png")) == (1, 2)
    assert pictures.known() == {digest + b".png": (1, 2)}


def test_all_bitmaps_are_measured_step_by_step(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20)).save(tmp_path / "a.png")
    (tmp_path / "b.txt").write_text("no picture")
    (tmp_path / "c.png").write_bytes(b"broken")
    names = ("a.png", "b.txt", "c.png", "gone.png")
    digests = {
        SourcePath(name): hash_bytes((tmp_path / name).read_bytes() if name != "gone.png" else b"")
        for name in names
    }
    pictures = Pictures(tmp_path, digests, {})
    assert len(list(pictures.measure_all())) == 3
    assert pictures.known() == {
        digests[SourcePath("a.png")] + b".png": (30, 20),
        digests[SourcePath("c.png")] + b".png": None,
    }
