"""Drawing at twice the size and shrinking it: smooth edges from plain Pillow, and its bundled typeface alone."""

from __future__ import annotations

import functools
import io
import math
import unicodedata
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL.ImageFont import FreeTypeFont
    from PIL.ImageFont import ImageFont as BitmapFont

SCALE = 2
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Color = tuple[int, int, int]


@functools.cache
def font(size: int) -> FreeTypeFont | BitmapFont:
    return ImageFont.load_default(size)


def mix(one: Color, other: Color, share: float) -> Color:
    """`share` of the other colour in the one."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def lighter(color: Color, share: float = 0.35) -> Color:
    return mix(color, (255, 255, 255), share)


def darker(color: Color, share: float = 0.35) -> Color:
    return mix(color, (0, 0, 0), share)


def curve(start: Point, bend: Point, end: Point, steps: int = 26) -> list[Point]:
    """Points of a quadratic Bézier curve."""
    points: list[Point] = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append((a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]))
    return points


def star(center: Point, radius: float, points: int = 5, depth: float = 0.45) -> list[Point]:
    return [
        (
            center[0] + radius * (depth if corner % 2 else 1) * math.sin(math.pi * corner / points),
            center[1] - radius * (depth if corner % 2 else 1) * math.cos(math.pi * corner / points),
        )
        for corner in range(points * 2)
    ]


def levels(channel: Image.Image, table: Callable[[int], float]) -> Image.Image:
    """Each level of a channel by another one."""
    return channel.point([round(table(level)) for level in range(256)])  # pyright: ignore[reportUnknownMemberType] - Pillow types it in part


def sized(image: Image.Image, size: tuple[int, int], smooth: Image.Resampling) -> Image.Image:
    return image.resize(size, smooth)  # pyright: ignore[reportUnknownMemberType] - Pillow types it in part


class Brush:
    """A canvas in final pixels."""

    def __init__(self, width: int, height: int, ground: str = "#00000000") -> None:
        self.size = (width, height)
        self.image = Image.new("RGBA", (width * SCALE, height * SCALE), ground)
        self.draw = ImageDraw.Draw(self.image)

    def copy(self) -> Brush:
        twin = Brush(*self.size)
        twin.image = self.image.copy()
        twin.draw = ImageDraw.Draw(twin.image)
        return twin

    def box(
        self, box: Box, fill: Color | None, radius: float = 0, outline: Color | None = None, width: float = 1
    ) -> None:
        self.draw.rounded_rectangle(_scaled(box), radius * SCALE, fill, outline, round(width * SCALE))

    def disc(
        self, center: Point, radius: float, fill: Color | None, outline: Color | None = None, w: float = 1
    ) -> None:
        self.oval((center[0] - radius, center[1] - radius, center[0] + radius, center[1] + radius), fill, outline, w)

    def oval(self, box: Box, fill: Color | None, outline: Color | None = None, width: float = 1) -> None:
        self.draw.ellipse(_scaled(box), fill, outline, round(width * SCALE))

    def polygon(self, points: Sequence[Point], fill: Color) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill)

    def line(self, points: Sequence[Point], fill: Color, width: float) -> None:
        """With round joints and ends."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, fill, round(width * SCALE), joint="curve")
        for end in (points[0], points[-1]):
            self.disc(end, width / 2, fill)

    def text(
        self,
        at: Point,
        text: str,
        size: int,
        fill: Color,
        *,
        anchor: str = "la",
        bold: float = 0,
        room: float = 1000,
        edge: Color | None = None,
    ) -> None:
        """As large as `size` and as fits into `room`; `bold` thickens the letters, `edge` is the colour around them.

        The typeface has no accents: letters lose theirs.
        """
        plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
        stroke = bold * SCALE
        length = font(size * SCALE).getlength(plain) + 2 * stroke
        face = font(max(6, int(size * SCALE * min(1, room * SCALE / max(length, 1)))))
        place = (at[0] * SCALE, at[1] * SCALE)
        if edge:
            self.draw.text(place, plain, edge, face, anchor, stroke_width=stroke + 2 * SCALE)
        self.draw.text(place, plain, fill, face, anchor, stroke_width=stroke)

    def gradient(self, box: Box, top: Color, bottom: Color, radius: float = 0) -> None:
        left, up, right, down = _scaled(box)
        size, column = (right - left, down - up), (1, down - up)
        ramp = sized(Image.linear_gradient("L"), column, Image.Resampling.BILINEAR)
        filled = Image.composite(Image.new("RGBA", column, bottom), Image.new("RGBA", column, top), ramp)
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius * SCALE, 255)
        self.image.paste(sized(filled, size, Image.Resampling.NEAREST), (left, up), mask)

    def put(self, layer: Brush, at: Point, radius: float = 0, share: float = 1) -> None:
        """Another canvas on this one, with round corners if wanted."""
        place = (round(at[0] * SCALE), round(at[1] * SCALE))
        mask = layer.image.getchannel("A")
        if radius:
            corners = Image.new("L", layer.image.size, 0)
            ImageDraw.Draw(corners).rounded_rectangle(
                (0, 0, layer.image.width - 1, layer.image.height - 1), radius * SCALE, 255
            )
            mask = ImageChops.multiply(mask, corners)
        if share < 1:
            mask = levels(mask, lambda level: level * share)
        self.image.paste(layer.image, place, mask)

    def relief(self, depth: float = 5) -> None:
        """Light from the upper left on everything that stands on this transparent canvas."""
        shape = self.image.getchannel("A")
        shift = round(depth * SCALE)
        for sign, color, share in ((-1, (0, 0, 0), 0.30), (1, (255, 255, 255), 0.22)):
            moved = ImageChops.offset(shape, sign * shift, sign * shift)
            rim = levels(ImageChops.subtract(shape, moved), lambda level, share=share: level * share)
            flat = Image.new("RGBA", self.image.size, (*color, 255))
            flat.putalpha(shape)
            self.image = Image.composite(flat, self.image, rim)
        self.draw = ImageDraw.Draw(self.image)

    def mirror(self) -> None:
        self.image = ImageOps.mirror(self.image)
        self.draw = ImageDraw.Draw(self.image)

    def png(self) -> bytes:
        out = io.BytesIO()
        self.image.convert("RGB").reduce(SCALE).save(out, "PNG", compress_level=6)
        return out.getvalue()


def _scaled(box: Box) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(value * SCALE) for value in box)
    return left, top, right, bottom
