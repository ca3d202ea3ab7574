"""A sealed pack: a foil wrapper with crimped ends, 480 by 720."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw

from sandbox.athletes import POSES, athlete
from sandbox.brush import SCALE, Brush, Color, darker, lighter, mix, sized, star
from sandbox.clock import chance
from sandbox.creatures import ELEMENTS, creature
from sandbox.slab import KITS

if TYPE_CHECKING:
    import random

    from sandbox.catalogue import Pack

WHITE: Color = (255, 255, 255)
WIDTH, HEIGHT = 480, 720


def wrapper(pack: Pack) -> Brush:
    dice = chance("wrapper", pack.slug)
    element = dice.choice(list(ELEMENTS))
    main, second = ELEMENTS[element] if pack.category == "Pokémon" else dice.choice(KITS)
    brush = Brush(WIDTH, HEIGHT, "#232529")
    body = Brush(WIDTH, HEIGHT)
    body.gradient((44, 20, 436, 700), lighter(main, 0.18), darker(main, 0.55))
    for ring in range(6):
        body.disc((240, 400), 330 - ring * 52, mix(main, darker(main, 0.5), ring % 2 * 0.6))
    for corners in zip(*[iter(star((240, 400), 420, 16, 1))] * 2, strict=True):
        body.polygon([(240.0, 400.0), *corners], mix(main, second, 0.22))
    body.disc((240, 400), 150, lighter(main, 0.12))
    body.put(_star_of(pack, element, (main, second), dice), (75, 222))
    _title(body, pack, main, second)
    _crimps(body)
    _shine(body)
    mask = Image.new("L", body.image.size, 0)
    ImageDraw.Draw(mask).polygon([(x * SCALE, y * SCALE) for x, y in _outline()], 255)
    body.image.putalpha(mask)
    brush.put(body, (0, 0))
    return brush


def _star_of(pack: Pack, element: str, colors: tuple[Color, Color], dice: random.Random) -> Brush:
    if pack.category == "Pokémon":
        return creature(element, dice)
    category = dice.choice(list(POSES)) if pack.category == "Mixed" else pack.category
    return athlete(category, dice.choice(list(POSES[category])), (colors[1], colors[0]), dice.randint(1, 99), dice)


def _title(body: Brush, pack: Pack, main: Color, second: Color) -> None:
    words = pack.slug.replace("-", " ").rsplit(" ", 1)  # a name may be as long and as hostile as it likes
    body.text((240, 78), pack.category.upper(), 18, WHITE, anchor="ma", bold=0.3)
    for index, word in enumerate(words):
        body.text(
            (240, 104 + index * 56), word.upper(), 54, WHITE, anchor="ma", bold=1.2, room=350, edge=darker(main, 0.75)
        )
    body.box((110, 588, 370, 634), darker(main, 0.7), 23, second, 2)
    body.text((240, 612), "1 GRADED CARD", 22, lighter(main, 0.75), anchor="mm", bold=0.5, room=230)


def _outline() -> list[tuple[float, float]]:
    """Zigzag ends, and sides a little drawn in."""
    top = [(44 + step * 14, 20 if step % 2 else 30) for step in range(29)]
    bottom = [(436 - step * 14, 700 if step % 2 else 690) for step in range(29)]
    return [*top, (430, 80), (430, 640), *bottom, (50, 640), (50, 80)]


def _crimps(body: Brush) -> None:
    for top, bottom in ((20, 66), (654, 700)):
        layer = Brush(WIDTH, HEIGHT)
        layer.gradient((44, top, 436, bottom), (226, 230, 238), (150, 156, 168))
        for x in range(44, 440, 8):
            layer.box((x, top, x + 3, bottom), (118, 124, 138))
        body.put(layer, (0, 0), share=0.72)


def _shine(body: Brush) -> None:
    """The folds of the foil: soft light and dark across the width."""
    wave = Image.new("L", (128, 1), 128)
    for left, right, level in ((0, 8, 94), (14, 22, 184), (98, 103, 184), (120, 128, 94)):
        wave.paste(level, (left, 0, right, 1))
    soft = sized(wave, body.image.size, Image.Resampling.BICUBIC)
    light = Image.merge("RGBA", (soft, soft, soft, Image.new("L", soft.size, 255)))
    body.image = ImageChops.overlay(body.image, light)
    body.draw = ImageDraw.Draw(body.image)
