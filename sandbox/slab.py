"""A graded card in its slab, front and back, 480 by 800."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw

from sandbox.athletes import athlete
from sandbox.brush import SCALE, Box, Brush, Color, darker, levels, lighter, mix, sized, star
from sandbox.clock import chance
from sandbox.creatures import ELEMENTS, creature
from sandbox.names import TEAMS

if TYPE_CHECKING:
    import random

    from sandbox.catalogue import Card

WHITE: Color = (255, 255, 255)
INK: Color = (24, 26, 34)
GOLD: Color = (214, 168, 62)
BORDERS: tuple[tuple[Color, Color], ...] = (
    ((238, 240, 244), (190, 196, 206)),
    ((126, 182, 255), (28, 78, 190)),
    ((214, 150, 255), (104, 32, 176)),
    ((255, 228, 138), (196, 128, 24)),
)
"""Top and bottom colour of the card's border, by tier."""
LABELS: dict[str, tuple[Color, Color, Color]] = {
    "PSA": ((250, 250, 248), (196, 32, 44), INK),
    "BGS": ((40, 42, 50), (206, 172, 92), (238, 232, 214)),
    "CGC": ((232, 242, 250), (22, 92, 168), INK),
}
"""Ground, frame and ink of a grader's label."""
KITS: tuple[tuple[Color, Color], ...] = (
    ((190, 38, 52), (245, 245, 245)), ((28, 68, 150), (246, 190, 52)), ((22, 112, 84), (240, 240, 232)),
    ((96, 46, 140), (240, 196, 60)), ((228, 106, 32), (34, 36, 48)), ((20, 130, 160), (245, 245, 245)),
    ((40, 44, 58), (214, 60, 60)), ((146, 28, 66), (160, 206, 240)),
)  # fmt: skip
GRADES = {"10.0": "GEM MINT", "9.5": "GEM MINT", "9.0": "MINT", "8.5": "NM-MT+", "8.0": "NM-MT", "7.0": "NEAR MINT"}
FACE: Box = (50, 172, 430, 748)
"""Where the card lies in the slab."""
ART: Box = (66, 190, 414, 628)


def kit(team: str) -> tuple[Color, Color]:
    """A team's two colours; a creature's, by its type."""
    if team in ELEMENTS:
        return ELEMENTS[team]
    teams = [each for league in TEAMS.values() for each in league]
    return KITS[teams.index(team) * 3 % len(KITS)]


def front(card: Card) -> Brush:
    dice = chance("front", card.key)
    brush = _case(card)
    top, bottom = BORDERS[card.tier]
    brush.gradient(FACE, top, bottom, 16)
    brush.box(FACE, None, 16, darker(bottom, 0.3), 1.5)
    brush.put(_scene(card, dice), ART[:2], 10)
    brush.box(ART, None, 10, lighter(bottom, 0.6), 2)
    _plate(brush, card)
    _badges(brush, card)
    _glass(brush)
    return brush


def back(card: Card) -> Brush:
    dice = chance("back", card.key)
    brush = _case(card)
    main, second = kit(card.team)
    top, bottom = BORDERS[card.tier]
    brush.gradient(FACE, top, bottom, 16)
    brush.box((62, 184, 418, 736), (246, 243, 234), 10, darker(bottom), 1.5)
    brush.gradient((62, 184, 418, 268), main, darker(main), 10)
    brush.disc((104, 226), 28, second)
    brush.text((104, 227), str(card.number), 26, darker(main, 0.5), anchor="mm", bold=0.6, room=46)
    brush.text((146, 202), card.subject.upper(), 26, WHITE, bold=0.6, room=258)
    brush.text((146, 238), " · ".join(filter(None, (card.team, card.position))), 16, lighter(second, 0.4), room=258)
    rows = _facts(card, dice)
    for index, row in enumerate(rows):
        y = 286 + index * 30
        if index % 2:
            brush.box((74, y - 5, 406, y + 25), mix((246, 243, 234), main, 0.14))
        ink = main if index == 0 else INK
        brush.text((84, y), row[0], 17, darker(ink, 0.2), bold=0.4 if index == 0 else 0, room=130)
        for column, cell in enumerate(row[1:]):
            brush.text((254 + column * 70, y), cell, 17, darker(ink, 0.2), anchor="ra", bold=0.4 if index == 0 else 0)
    y = 286 + len(rows) * 30 + 12
    for line in _story(card, dice):
        brush.text((84, y), line, 19, INK, room=312)
        y += 28
    brush.polygon(star((110, 690), 26, 8, 0.8), main)
    brush.polygon(star((110, 690), 15, 5), second)
    brush.text((150, 668), card.set_name.upper(), 21, darker(main, 0.3), bold=0.5, room=246)
    brush.text((150, 696), f"{card.year} · Card {card.number} of 320" + (f" · {card.serial}" if card.serial else ""),
               15, INK, room=246)  # fmt: skip
    _glass(brush)
    return brush


def _facts(card: Card, dice: random.Random) -> list[tuple[str, str, str, str]]:
    """Statistics: heading, some seasons, sum."""
    if card.category == "Pokémon":
        moves = dice.sample(("Tail Sweep", "Ember Veil", "Deep Roar", "Quick Claw", "Frost Bite", "Bright Pulse"), 4)
        attacks = [(move, dice.randint(1, 4), dice.randint(2, 18) * 10, dice.randint(70, 100)) for move in moves]
        traits = [("Weakness", "", "", f"x{dice.randint(2, 3)}"), ("Height", "", "", f"{dice.randint(3, 60) / 10} m")]
        return [("ATTACK", "COST", "DMG", "HIT"), *((m, str(c), str(d), f"{h}%") for m, c, d, h in attacks), *traits]
    heads = {
        "Baseball": ("HR", "RBI", "AVG"), "Basketball": ("PTS", "REB", "AST"), "Football": ("YDS", "TD", "INT"),
        "Soccer": ("GP", "G", "A"), "Hockey": ("GP", "G", "PTS"),
    }[card.category]  # fmt: skip
    seasons = [(dice.randint(40, 162), dice.randint(4, 60), dice.randint(8, 99)) for _ in range(6)]
    rows = [(str(card.year - 6 + i), str(a), str(b), str(c)) for i, (a, b, c) in enumerate(seasons)]
    totals = [str(sum(column)) for column in zip(*seasons, strict=True)]
    return [("SEASON", *heads), *rows, ("Career", totals[0], totals[1], totals[2])]


def _story(card: Card, dice: random.Random) -> tuple[str, ...]:
    if card.category == "Pokémon":
        place = dice.choice(("old mill", "salt caves", "glass forest", "north ridge"))
        return (
            f"Seen at dawn near the {place},",
            f"{card.subject} guards what it finds",
            f"and trades only for {dice.choice(('plums', 'songs', 'warm stones'))}.",
        )
    home = card.team.rsplit(maxsplit=1)[0]
    return (
        f"{card.position}, and early in every play:",
        f"{card.subject.split()[0]} came to {home} as a late pick",
        f"and has worn number {card.number % 100} ever since.",
    )


@functools.cache
def _plastic() -> Brush:
    """The empty slab; copy it."""
    brush = Brush(480, 800, "#232529")
    brush.gradient((6, 4, 474, 796), (236, 240, 245), (188, 196, 206), 28)
    brush.box((6, 4, 474, 796), None, 28, (150, 158, 170), 2)
    brush.gradient((16, 14, 464, 786), (206, 213, 222), (224, 229, 236), 20)
    brush.box((16, 14, 464, 786), None, 20, (245, 248, 251), 2)
    brush.box((38, 160, 442, 760), (168, 176, 188), 20, (248, 250, 252), 2)
    return brush


def _case(card: Card) -> Brush:
    """The slab with its label."""
    brush = _plastic().copy()
    ground, frame, ink = LABELS[card.grader]
    brush.box((32, 28, 448, 146), frame, 10)
    brush.box((37, 33, 443, 141), ground, 6)
    brush.text((50, 43), f"{card.year} {card.set_name}".upper(), 17, ink, bold=0.3, room=270)
    brush.text((50, 66), card.subject.upper(), 23, ink, bold=0.6, room=270)
    detail = " · ".join(filter(None, (f"#{card.number}", card.parallel, card.serial)))
    brush.text((50, 95), detail.upper(), 16, ink, room=270)
    _barcode(brush, card, ink)
    brush.box((334, 33, 443, 141), frame, 6)
    label = WHITE if card.grader != "BGS" else INK
    brush.text((388, 46), card.grader, 22, label, anchor="ma", bold=0.6)
    brush.text((388, 92), card.grade.removesuffix(".0"), 46, label, anchor="mm", bold=1.2)
    brush.text((388, 127), GRADES[card.grade], 14, label, anchor="mm", room=98)
    return brush


def _barcode(brush: Brush, card: Card, ink: Color) -> None:
    dice = chance("bars", card.cert)
    x, end = 50.0, 190
    while x < end:
        width = dice.choice((1.0, 1.5, 2.5))
        brush.box((x, 120, x + width, 135), ink)
        x += width + dice.choice((1.0, 1.5, 2.0))
    brush.text((202, 119), card.cert, 15, ink)


def _scene(card: Card, dice: random.Random) -> Brush:
    """The illustration: ground, rays, and who is pictured."""
    width, height = round(ART[2] - ART[0]), round(ART[3] - ART[1])
    main, second = kit(card.team)
    scene = Brush(width, height)
    dark, light = darker(main, 0.62), lighter(mix(main, second, 0.35), 0.25)
    scene.gradient((0, 0, width, height), dark, light)
    _pattern(scene, dice, mix(main, second, 0.3))
    scene.gradient((0, height * 0.82, width, height), darker(main, 0.55), darker(main, 0.7))
    scene.oval((40, height * 0.83, width - 40, height * 0.93), darker(main, 0.78))
    if card.tier:
        _foil(scene, card.tier, dice)
    if card.category == "Pokémon":
        figure = creature(card.team, dice)
    else:
        figure = athlete(card.category, card.position, (main, second), card.number, dice)
    scene.put(figure, ((width - 330) / 2, height - 382))
    return scene


def _pattern(scene: Brush, dice: random.Random, color: Color) -> None:
    width, height = scene.size
    layer = Brush(width, height)
    center = (width * dice.uniform(0.35, 0.65), height * 0.5)
    match dice.choice(("rays", "rings", "stripes", "stars")):
        case "rays":
            for corners in zip(*[iter(star(center, 520, 14, 1))] * 2, strict=True):
                layer.polygon([center, *corners], lighter(color, 0.5))
        case "rings":
            for radius in range(280, 20, -52):
                layer.disc(center, radius, lighter(color, 0.7), None)
                layer.disc(center, radius - 24, color)
        case "stripes":
            for x in range(-height, width, 56):
                layer.polygon(
                    [(x, height), (x + 24, height), (x + 24 + height, 0), (x + height, 0)], lighter(color, 0.5)
                )
        case _:
            for _ in range(26):
                at = (dice.uniform(0, width), dice.uniform(0, height * 0.8))
                layer.polygon(star(at, dice.uniform(8, 34)), lighter(color, dice.uniform(0.2, 0.8)))
    scene.put(layer, (0, 0), share=0.3)


def _foil(scene: Brush, tier: int, dice: random.Random) -> None:
    """The shine of a rare card: bands of the rainbow, and for the rarest sparks."""
    size = scene.image.size
    ramp = sized(Image.linear_gradient("L"), (300, 300), Image.Resampling.BILINEAR).rotate(
        dice.choice((38, 52)), Image.Resampling.BILINEAR
    )
    hue = levels(ramp.crop((60, 60, 240, 240)), lambda level: level * (1, 1, 2, 4)[tier] % 256)
    flat = Image.new("L", hue.size, (0, 60, 140, 200)[tier])
    shine = Image.merge("HSV", (hue, flat, Image.new("L", hue.size, 255))).convert("RGBA")
    shine = Image.blend(Image.new("RGBA", hue.size, "#808080"), shine, 0.22 + 0.1 * tier)
    scene.image = ImageChops.overlay(scene.image, sized(shine, size, Image.Resampling.BILINEAR))
    scene.draw = ImageDraw.Draw(scene.image)
    for _ in range((0, 0, 10, 26)[tier]):
        at = (dice.uniform(6, size[0] / SCALE - 6), dice.uniform(6, size[1] / SCALE * 0.8))
        scene.polygon(star(at, dice.uniform(4, 13), 4, 0.18), WHITE)


def _plate(brush: Brush, card: Card) -> None:
    """Name, team and position at the foot of the card, with the emblem."""
    main, second = kit(card.team)
    brush.polygon([(58, 640), (404, 626), (422, 640), (422, 738), (58, 738)], darker(main, 0.45))
    brush.polygon([(58, 640), (404, 626), (408, 632), (58, 646)], second)
    brush.text((140, 652), card.subject.upper(), 30, WHITE, bold=0.7, room=270)
    line = f"{card.team} type" if card.category == "Pokémon" else f"{card.team} · {card.position}"
    brush.text((140, 692), line, 18, lighter(second, 0.4), room=270)
    brush.text((140, 716), f"{card.set_name} {card.year}".upper(), 12, lighter(main, 0.55), room=180)
    shield = [(68, 652), (128, 652), (128, 700), (98, 732), (68, 700)]
    brush.polygon(shield, WHITE)
    brush.polygon([(73, 657), (123, 657), (123, 698), (98, 725), (73, 698)], main)
    brush.polygon([(73, 657), (98, 657), (98, 725), (73, 698)], darker(main, 0.25))
    initials = (
        card.team[:2] if card.category == "Pokémon" else "".join(word[0] for word in card.team.split())[:2].upper()
    )
    brush.text((98, 684), initials, 26, second, anchor="mm", bold=0.8, room=44)


def _badges(brush: Brush, card: Card) -> None:
    """Set mark, rookie shield, serial number."""
    main, _ = kit(card.team)
    brush.box((76, 200, 76 + 14 + 9.2 * len(card.set_name), 226), darker(main, 0.7), 6)
    brush.text((83, 206), card.set_name.upper(), 14, WHITE, bold=0.3, room=9.2 * len(card.set_name))
    if card.rookie:
        brush.polygon(star((382, 226), 27, 12, 0.86), GOLD)
        brush.disc((382, 226), 20, (178, 24, 40))
        brush.text((382, 227), "RC", 20, WHITE, anchor="mm", bold=0.6)
    if card.serial:
        brush.box((316, 590, 406, 618), darker(GOLD, 0.75), 6, GOLD, 1.5)
        brush.text((361, 605), card.serial, 18, lighter(GOLD, 0.4), anchor="mm", bold=0.4, room=82)


def _glass(brush: Brush) -> None:
    """A reflection across the plastic."""
    layer = Brush(480, 800)
    layer.polygon([(300, 160), (370, 160), (150, 760), (80, 760)], WHITE)
    layer.polygon([(392, 160), (408, 160), (188, 760), (172, 760)], WHITE)
    brush.put(layer, (0, 0), share=0.09)
