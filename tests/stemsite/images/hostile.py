"""Files that somebody might upload in bad faith or by mistake, all made by code (SEC-14)."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import Image, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"
ENTITIES = (
    b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'
)
PDF = b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj"
PHP = b"<?php system($_GET['c']); ?>"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>SECRET-XMP Jane Doe</rdf:RDF></x:xmpmeta>'


def image(kind: str = "PNG", size: tuple[int, int] = (24, 16), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bare_png(width: int, height: int, *, data: bytes = b"", extra: bytes = b"") -> bytes:
    """A PNG whose header claims any size; it need not hold that many pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(data or bytes(1024)))
    return b"\x89PNG\r\n\x1a\n" + header + extra + body + chunk(b"IEND", b"")


def frames(kind: str, number: int) -> bytes:
    """An animation whose frames differ, so that none is folded into another."""
    shades = [Image.new("RGB", (8, 8), (n % 256, 255 - n % 256, (n * 7) % 256)) for n in range(number)]
    out = io.BytesIO()
    shades[0].save(out, kind, save_all=True, append_images=shades[1:], duration=10)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("evil.html", HTML)
    return out.getvalue()


def commented(kind: str, words: bytes) -> bytes:
    """A good picture with ``words`` in its comment."""
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", words.decode())
        return image("PNG", pnginfo=info)
    return image(kind, comment=words)


def with_exif(kind: str = "JPEG", orientation: int = 6) -> bytes:
    """A photo from a phone that lies on its side and says where, when and by whom it was taken."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Artist] = "SECRET-ARTIST"
    exif[Base.Make] = "SECRET-CAMERA"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (52.0, 13.0, 47.0)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    out = io.BytesIO()
    picture = Image.new("RGB", (40, 20), "navy")
    picture.paste("red", (0, 0, 20, 20))
    options: dict[str, object] = {"exif": exif, "xmp": XMP}
    if kind == "JPEG":
        options |= {"comment": b"SECRET-COMMENT", "quality": 95}
    picture.save(out, kind, **options)
    return out.getvalue()


def refused() -> Iterator[tuple[str, bytes]]:
    """Files that are not taken, whatever they are called."""
    for name in ("a.svg", "a.svgz", "a.png", "a.jpg", "a.gif", "a.webp"):
        yield name, SVG
    yield "bom.svg", b"\xef\xbb\xbf" + SVG
    yield "packed.png", gzip.compress(SVG)
    yield "entities.png", ENTITIES
    for name in ("a.jpg", "a.gif", "a.html"):
        yield name, HTML
    for name in ("a.png", "a.pdf"):
        yield name, PDF
    for name in ("a.jpg", "a.php", "a.php.png"):
        yield name, PHP
    yield "a.zip", archive()
    yield "a.webp", archive()
    yield "a.exe", b"MZ\x90\x00" + bytes(200)
    yield "a.png", b"MZ\x90\x00" + bytes(200)
    yield "postscript.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(id) (r) file\n"
    for kind, name in (("BMP", "a.bmp"), ("TIFF", "a.tiff"), ("ICO", "a.ico"), ("BMP", "b.png"), ("TIFF", "b.jpg")):
        yield name, image(kind)
    for kind, name in (("PNG", "a.jpg"), ("JPEG", "a.png"), ("GIF", "a.webp"), ("WEBP", "a.gif"), ("PNG", "a.avif")):
        yield name, image(kind)
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "AVIF"):
        whole = image(kind, (200, 120))
        yield f"half.{kind.lower()}", whole[: len(whole) // 2]
    yield "empty.png", b""
    yield "noise.png", bytes(range(256)) * 8
    yield "magic-only.png", b"\x89PNG\r\n\x1a\n"
    yield "zip-behind.jpg", image("JPEG") + archive()
    yield "page-behind.png", image("PNG") + HTML
    yield "php-behind.gif", image("GIF") + PHP
    yield "script-inside.jpg", commented("JPEG", SCRIPT)
    yield "script-inside.gif", commented("GIF", b"=1;/*" + SCRIPT)
    yield "svg-inside.png", commented("PNG", SVG)
    yield "300-megapixels.png", bare_png(20_000, 15_000)
    yield "long-line.png", bare_png(500_000, 1)
    yield "high-line.png", bare_png(1, 500_000)
    yield "claims-the-moon.png", bare_png(2**31 - 1, 2**31 - 1)
    yield "no-pixels.png", bare_png(0, 0)
    yield "just-too-wide.png", image("PNG", (12_001, 1))
    yield "text-bomb.png", bare_png(9, 9, extra=chunk(b"zTXt", b"c\x00\x00" + zlib.compress(bytes(80_000_000), 9)))
    yield "many-frames.gif", frames("GIF", 101)
    yield "many-frames.webp", frames("WEBP", 101)
    yield "too-large.png", image("PNG") + bytes(10 * 1024 * 1024)
    yield "no-extension", image("PNG")
    yield ".png", image("PNG")
    yield "a.png\x00.svg", image("PNG")
    yield "a.png.svg", image("PNG")
    yield "a.jpg.exe", image("JPEG")


NAMES = (
    "../../../etc/passwd.png",
    "..\\..\\windows\\system32\\x.png",
    "/etc/cron.d/job.png",
    "<img src=x onerror=alert(1)>.png",
    "'; DROP TABLE images_picture; --.png",
    "con.png",
    "a\r\nSet-Cookie: x=1.png",
    "txt.\u202egnp.png",
    "x" * 500 + ".png",
    "%00.png",
    "смерть.PNG",
)
"""Names of a good picture: it is taken, under a name of ours."""
