"""Invented little monsters: the same parts in ever new proportions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.brush import Brush, Color, Point, curve, darker, lighter, star

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

INK: Color = (26, 24, 38)
ELEMENTS: dict[str, tuple[Color, Color]] = {
    "Fire": ((226, 84, 44), (255, 196, 72)),
    "Water": ((52, 124, 214), (150, 226, 246)),
    "Grass": ((74, 152, 84), (214, 226, 120)),
    "Electric": ((230, 176, 36), (255, 242, 178)),
    "Psychic": ((158, 84, 190), (248, 170, 214)),
    "Ice": ((112, 178, 214), (236, 248, 255)),
}
"""Main and second colour of each type."""


def creature(element: str, dice: random.Random) -> Brush:
    """A creature of 330 by 343 on a transparent ground."""
    layer = Brush(330, 343)
    shape = _Creature(layer, ELEMENTS[element], dice)
    for outline in (True, False):
        shape.draw(outline=outline)
    layer.relief(4)
    shape.face()
    return layer


class _Creature:
    def __init__(self, brush: Brush, colors: tuple[Color, Color], dice: random.Random) -> None:
        self.brush = brush
        self.skin, self.second = colors
        self.wings = dice.choice(("bat", "feather", ""))
        self.crown = dice.choice(("horns", "ears", "crest", "antlers"))
        self.tail = dice.choice(("tuft", "spade", "curl"))
        self.upright = dice.random()
        """0 is on all fours, 1 stands."""
        self.head_size = dice.uniform(46, 58)
        self.body_size = dice.uniform(50, 64)
        self.spots = [(dice.uniform(-0.6, 0.6), dice.uniform(-0.5, 0.1), dice.uniform(5, 10)) for _ in range(5)]
        self.body: Point = (170, 226 - 14 * self.upright)
        self.head: Point = (150 - 46 * (1 - self.upright), 118 + 18 * (1 - self.upright))

    def blob(self, center: Point, rx: float, ry: float, fill: Color, *, outline: bool) -> None:
        grow = 4.0 if outline else 0.0
        x, y = center
        self.brush.oval((x - rx - grow, y - ry - grow, x + rx + grow, y + ry + grow), INK if outline else fill)

    def taper(self, points: Sequence[Point], start: float, end: float, fill: Color, *, outline: bool) -> None:
        """A tail, a neck: discs that shrink along a curve."""
        for index, point in enumerate(points):
            radius = start + (end - start) * index / (len(points) - 1)
            self.blob(point, radius, radius, fill, outline=outline)

    def shape(self, points: Sequence[Point], fill: Color, *, outline: bool) -> None:
        if outline:
            self.brush.line([*points, points[0]], INK, 8)
        self.brush.polygon(points, INK if outline else fill)

    def draw(self, *, outline: bool) -> None:
        x, y = self.body
        self.draw_wing(outline=outline, behind=True)
        self.draw_tail(outline=outline)
        rx = self.body_size * (1.25 - 0.3 * self.upright)
        ry = self.body_size * (0.95 + 0.35 * self.upright)
        for offset, shade in ((0.62, 0.25), (-0.3, 0.25), (0.3, 0.0), (-0.68, 0.0)):
            foot = (x + rx * offset * 1.05, 312.0 if shade else 320.0)
            skin = darker(self.skin, shade)
            self.taper(curve((x + rx * offset, y + 20), (foot[0] + 4, y + 50), foot), 21, 15, skin, outline=outline)
            self.blob((foot[0] - 5, foot[1] + 4), 20, 11, skin, outline=outline)
        hx, hy = self.head
        neck = curve((x - rx * 0.45, y - ry * 0.3), ((x + hx) / 2 - 20, (y + hy) / 2), (hx + 6, hy + 20))
        self.taper(neck, 40, 30, self.skin, outline=outline)
        self.blob(self.body, rx, ry, self.skin, outline=outline)
        if not outline:
            self.blob((x - rx * 0.2, y + ry * 0.3), rx * 0.62, ry * 0.6, lighter(self.second, 0.35), outline=False)
            for dx, dy, radius in self.spots:
                spot = (x + dx * rx + rx * 0.25, y + dy * ry - ry * 0.2)
                self.blob(spot, radius, radius, darker(self.skin, 0.22), outline=False)
        self.draw_crown(outline=outline)
        self.blob(self.head, self.head_size, self.head_size * 0.92, self.skin, outline=outline)
        self.blob((hx - self.head_size * 0.5, hy + self.head_size * 0.34), 30, 22, lighter(self.skin), outline=outline)
        self.draw_wing(outline=outline, behind=False)

    def draw_tail(self, *, outline: bool) -> None:
        x, y = self.body
        bend, end = {
            "tuft": ((300.0, 300.0), (296.0, 196.0)),
            "spade": ((330.0, 320.0), (290.0, 170.0)),
            "curl": ((340.0, 250.0), (262.0, 160.0)),
        }[self.tail]
        self.taper(curve((x + 40, y + 30), bend, end), 27, 9, self.skin, outline=outline)
        ex, ey = end
        if self.tail == "tuft":
            flame = [(ex, ey - 62), (ex + 26, ey - 18), (ex + 18, ey + 16), (ex - 18, ey + 16), (ex - 28, ey - 22)]
            self.shape([*flame, (ex - 8, ey - 30)], self.second, outline=outline)
        elif self.tail == "spade":
            self.shape(
                [(ex, ey - 46), (ex + 30, ey + 6), (ex, ey - 4), (ex - 30, ey + 6)], self.second, outline=outline
            )
        else:
            self.blob(end, 19, 19, self.second, outline=outline)

    def draw_wing(self, *, outline: bool, behind: bool) -> None:
        x, y = self.body[0] + (-16 if behind else 26), self.body[1] - 30
        color = darker(self.second, 0.3) if behind else self.second
        side = -0.8 if behind else 1.0
        if self.wings == "bat":
            tips = [(0, 10), (30, -96), (112, -150), (124, -76), (96, -66), (104, -26), (70, -26), (62, 10)]
            self.shape([(x + side * dx, y + dy) for dx, dy in tips], color, outline=outline)
        elif self.wings == "feather":
            for length, lift in ((118, -120), (112, -80), (92, -46), (66, -18)):
                plume = curve((x, y), (x + side * length * 0.5, y + lift), (x + side * length, y + lift * 0.8))
                self.taper(plume, 17, 9, color, outline=outline)

    def draw_crown(self, *, outline: bool) -> None:
        hx, hy = self.head
        r = self.head_size
        for side in (-1, 1):
            x = hx + side * r * 0.52
            top = hy - r * 0.6
            match self.crown:
                case "horns":
                    horn = curve((x, top), (x + side * 26, top - 26), (x + side * 12, top - 58))
                    self.taper(horn, 13, 3, (240, 232, 214), outline=outline)
                case "ears":
                    points = [(x - 20, top + 16), (x + side * 24, top - 66), (x + 22, top + 16)]
                    self.shape(points, self.skin, outline=outline)
                    if not outline:
                        inner = [(x - 9, top + 8), (x + side * 20, top - 44), (x + 11, top + 8)]
                        self.shape(inner, self.second, outline=False)
                case "antlers":
                    self.taper(curve((x, top), (x + side * 8, top - 40), (x + side * 36, top - 62)), 8, 4, self.second,
                               outline=outline)  # fmt: skip
                    self.taper(curve((x + side * 8, top - 26), (x, top - 50), (x - side * 4, top - 64)), 6, 4,
                               self.second, outline=outline)  # fmt: skip
                case _:
                    spike = x * 0.5 + hx * 0.5
                    self.shape(
                        [(spike - 18, top), (spike + 14, top - 52), (spike + 22, top + 6)],
                        self.second,
                        outline=outline,
                    )

    def face(self) -> None:
        hx, hy = self.head
        r = self.head_size
        for dx in (-0.42, 0.34):
            eye = (hx + r * dx, hy - r * 0.08)
            self.brush.oval((eye[0] - 13, eye[1] - 17, eye[0] + 13, eye[1] + 17), (255, 255, 255), INK, 2.5)
            self.brush.oval((eye[0] - 11, eye[1] - 11, eye[0] + 5, eye[1] + 14), INK)
            self.brush.disc((eye[0] - 6, eye[1] - 5), 3.6, (255, 255, 255))
        snout = (hx - r * 0.5, hy + r * 0.34)
        self.brush.line(curve((snout[0] - 18, snout[1] + 4), (snout[0], snout[1] + 20), (snout[0] + 22, snout[1] + 3)),
                        INK, 3)  # fmt: skip
        for side in (-7, 5):
            self.brush.disc((snout[0] + side, snout[1] - 9), 2.4, INK)
        self.brush.polygon(star((hx + r * 0.02, hy - r * 0.62), 9, 4, 0.5), lighter(self.second, 0.4))
