"""The picture of a site: what it is, by its content, and nothing in it but the picture."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from textwrap import wrap

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError

MAX_BYTES = 100_000
MAX_SIDE = 2_000
_LINE = 100

NO_PICTURE = declare(
    "picture.E001", "This is no picture that can be shown.", "Take a PNG, JPEG or WebP file; SVG is not taken."
)
TOO_LARGE = declare("picture.E002", "The picture has {size} bytes.", "It may have {limit}: make it smaller.")
TOO_WIDE = declare(
    "picture.E003", "The picture is {width} × {height} pixels.", "It may be {limit} wide and high: make it smaller."
)
DAMAGED = declare("picture.E004", "The picture is damaged, or not what it says.", "Save it anew, and take that file.")

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"IDAT", b"IEND"})
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_WEBP_KEPT = frozenset({b"VP8X", b"ALPH", b"VP8 ", b"VP8L"})
_JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_JPEG_KEPT = frozenset({*_JPEG_FRAMES, _JPEG_SCAN, 0xC4, 0xDB, 0xDD, 0xE0, 0xEE})


@dataclass(frozen=True, kw_only=True)
class Picture:
    """`mime` by the content; `data` without what is not the picture: texts, places, profiles, previews."""

    mime: str
    width: int
    height: int
    data: bytes

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()[:16]

    @property
    def text(self) -> str:
        """As a document says it: base64 in lines."""
        return "\n".join(wrap(base64.b64encode(self.data).decode(), _LINE)) + "\n"


def read_picture(data: bytes) -> Picture:
    """What a file holds. Raises InvalidInputError picture.E00x for what is no PNG, JPEG or WebP of the size allowed,
    all there and as large as it says."""
    if len(data) > MAX_BYTES:
        raise InvalidInputError(TOO_LARGE, size=len(data), limit=MAX_BYTES)
    try:
        if data.startswith(_PNG):
            return _read_png(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _read_jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _read_webp(data)
    except (IndexError, ValueError, zlib.error):
        raise InvalidInputError(DAMAGED) from None
    raise InvalidInputError(NO_PICTURE)


@lru_cache(maxsize=8)
def picture_of(text: str) -> Picture:
    """The picture that a document holds as base64. Raises as `read_picture`."""
    if len(text) > 2 * MAX_BYTES:
        raise InvalidInputError(TOO_LARGE, size=len(text) * 3 // 4, limit=MAX_BYTES)
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInputError(NO_PICTURE) from None
    return read_picture(data)


def _sized(width: int, height: int) -> tuple[int, int]:
    if max(width, height) > MAX_SIDE:
        raise InvalidInputError(TOO_WIDE, width=width, height=height, limit=MAX_SIDE)
    if not width or not height:
        raise ValueError
    return width, height


def _read_png(data: bytes) -> Picture:
    """Its pixels are unpacked piece by piece and counted: a small file with more than it says goes no further."""
    chunks = list(_png_chunks(data))
    if chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND" or len(chunks[0][1]) != 13:
        raise ValueError
    head = chunks[0][1]
    width, height = _sized(int.from_bytes(head[:4]), int.from_bytes(head[4:8]))
    depth, colour, packing, filtering, interlaced = head[8:]
    if packing or filtering or interlaced > 1 or colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16):
        raise ValueError
    bits = depth * _CHANNELS[colour]
    whole = height * (1 + (width * bits + 7) // 8)
    most = whole * 2 + 8 * height if interlaced else whole
    least = 1 if interlaced else whole
    if not least <= _unpacked(b"".join(body for kind, body in chunks if kind == b"IDAT"), most) <= most:
        raise ValueError
    kept = b"".join(_png_chunk(kind, body) for kind, body in chunks if kind in _PNG_KEPT)
    return Picture(mime="image/png", width=width, height=height, data=_PNG + kept)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place < len(data):
        size, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        body, end = data[place + 8 : place + 8 + size], place + 12 + size
        if end > len(data) or int.from_bytes(data[end - 4 : end]) != zlib.crc32(kind + body):
            raise ValueError
        yield kind, body
        if kind == b"IEND":
            return  # whatever follows is not the picture
        place = end
    raise ValueError


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def _unpacked(packed: bytes, most: int) -> int:
    """How many bytes it unpacks to, counted no further than one above `most`."""
    unpacking, count = zlib.decompressobj(), 0
    while count <= most:
        piece = unpacking.decompress(packed, 1 << 16)
        count += len(piece)
        packed = unpacking.unconsumed_tail
        if not piece:
            break
    if not unpacking.eof and count <= most:
        raise ValueError
    return count


def _read_jpeg(data: bytes) -> Picture:
    """Segment by segment, and through the packed pixels of each scan, to the end of the image."""
    size, kept, place = None, [data[:2]], 2
    scanned = False
    while data[place + 1] != _JPEG_END:
        marker, end = data[place + 1], place + 2 + int.from_bytes(data[place + 2 : place + 4])
        if data[place] != 0xFF or end < place + 4 or end > len(data):
            raise ValueError
        if marker in _JPEG_FRAMES:
            size = _sized(int.from_bytes(data[place + 7 : place + 9]), int.from_bytes(data[place + 5 : place + 7]))
        if marker == _JPEG_SCAN:
            end, scanned = _end_of_scan(data, end), True
        if marker in _JPEG_KEPT:
            kept.append(data[place:end])
        place = end
    if data[place] != 0xFF or size is None or not scanned:
        raise ValueError
    return Picture(mime="image/jpeg", width=size[0], height=size[1], data=b"".join((*kept, b"\xff\xd9")))


def _end_of_scan(data: bytes, place: int) -> int:
    """Where the next segment begins: in packed pixels 0xFF is followed by 0 or a mark to start anew from."""
    while True:
        place = data.index(b"\xff", place)
        if data[place + 1] != 0 and not 0xD0 <= data[place + 1] <= 0xD7:
            return place
        place += 2


def _read_webp(data: bytes) -> Picture:
    """One still image; nothing that moves."""
    place, kept, size = 12, [], None
    whole = int.from_bytes(data[4:8], "little") + 8
    if whole > len(data):
        raise ValueError
    data = data[:whole]
    while place + 8 <= len(data):
        kind, length = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        body, end = data[place + 8 : place + 8 + length], place + 8 + length + length % 2
        if len(body) != length:
            raise ValueError
        if kind == b"VP8X":
            _sized(int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1)
            body = bytes([body[0] & 0x10]) + body[1:]  # transparency alone: no profile, no movement, no notes
        elif kind in (b"VP8 ", b"VP8L"):
            size = _webp_size(kind, body)
        if kind in _WEBP_KEPT:
            kept.append(kind + length.to_bytes(4, "little") + body + b"\0" * (length % 2))
        place = end
    if size is None:
        raise ValueError
    inside = b"WEBP" + b"".join(kept)
    made = b"RIFF" + len(inside).to_bytes(4, "little") + inside
    return Picture(mime="image/webp", width=size[0], height=size[1], data=made)


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        if body[0] != 0x2F:
            raise ValueError
        return _sized((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if body[3:6] != b"\x9d\x01\x2a":
        raise ValueError
    return _sized(int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF)
