"""The pictures that the preview asks for by their address: cards and packs, and people's avatars."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from sandbox import Sandbox

COLOURS = {"pullcord": "#5865f2", "alice": "#e0588b", "bob": "#2f9e77", "mod": "#d1862b"}
SIDE = 160


class Gallery:
    """Looks like the mapping from address to (file name, PNG) that a preview wants; draws when asked."""

    def __init__(self, partner: Sandbox) -> None:
        self._partner = partner

    def get(self, url: str) -> tuple[str, bytes] | None:
        path = urlsplit(url).path
        if url.startswith(self._partner.public_url):
            picture = self._partner.picture(path)
        else:
            name = path.rpartition("/")[2].removesuffix(".png")
            picture = avatar(name) if name in COLOURS else None
        return None if picture is None else (path.rpartition("/")[2], picture)


@cache
def avatar(name: str) -> bytes:
    """A PNG: the initial on the person's colour."""
    image = Image.new("RGB", (SIDE, SIDE), COLOURS[name])
    font = ImageFont.load_default(SIDE * 0.55)
    ImageDraw.Draw(image).text((SIDE / 2, SIDE / 2), name[0].upper(), "white", font, anchor="mm")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
