"""What athletes hold, kick and throw."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sandbox.brush import Brush, Color, Point, darker, star

if TYPE_CHECKING:
    from collections.abc import Callable

INK: Color = (22, 24, 32)
WOOD: Color = (205, 152, 92)
LEATHER: Color = (124, 74, 40)
CHALK: Color = (246, 246, 244)


def draw_gear(brush: Brush, name: str, hand: Point, other: Point) -> None:
    """Around the front hand and the other one."""
    GEAR[name](brush, hand, other)


def _bat(brush: Brush, hand: Point, _other: Point) -> None:
    x, y = hand
    brush.line([(x - 4, y + 12), (x + 22, y - 40), (x + 40, y - 80)], INK, 19)
    brush.line([(x - 4, y + 12), (x + 12, y - 20)], WOOD, 8)
    brush.line([(x + 12, y - 20), (x + 40, y - 80)], WOOD, 13)


def _pitch(brush: Brush, hand: Point, other: Point) -> None:
    _glove(brush, hand)
    _baseball(brush, (other[0] + 6, other[1] - 14))


def _field(brush: Brush, hand: Point, _other: Point) -> None:
    _glove(brush, (hand[0] - 4, hand[1] + 6))
    _baseball(brush, (hand[0] - 44, hand[1] + 44))


def _dunk(brush: Brush, hand: Point, _other: Point) -> None:
    x, y = hand
    _basketball(brush, (x + 6, y - 18))
    brush.oval((x + 8, y + 20, x + 92, y + 40), None, (236, 88, 30), 6)
    for cord in range(5):
        top = x + 14 + cord * 18
        brush.line([(top, y + 34), (x + 50 + (top - x - 50) * 0.55, y + 90)], CHALK, 2)


def _stick(brush: Brush, hand: Point, other: Point, *, end: Point, held: bool) -> None:
    """A hockey stick from the other hand (or, not `held` so, from the front one) to the puck."""
    top = other if held else (hand[0], hand[1] - 30)
    blade = (end[0] - 42, end[1] + 4)
    for color, extra in ((INK, 5), (WOOD, 0)):
        brush.line([top, end], color, 7 + extra)
        brush.line([end, blade], color, 11 + extra)
    brush.oval((blade[0] - 34, blade[1] - 4, blade[0] - 6, blade[1] + 8), INK, (90, 94, 104), 1)
    if not held:
        _glove(brush, other)


def _glove(brush: Brush, at: Point) -> None:
    brush.disc(at, 19, INK)
    brush.disc(at, 16, LEATHER)
    brush.disc((at[0] + 2, at[1] + 2), 9, darker(LEATHER))


def _baseball(brush: Brush, at: Point) -> None:
    brush.disc(at, 11, CHALK, INK, 2)
    for side in (-8, 8):
        brush.line([(at[0] + side, at[1] - 4), (at[0] + side * 0.5, at[1] + 4)], (200, 50, 50), 1.5)


def _basketball(brush: Brush, at: Point) -> None:
    x, y = at
    brush.disc(at, 25, (226, 116, 44), INK, 3)
    brush.line([(x - 22, y), (x + 22, y)], INK, 2)
    brush.line([(x, y - 22), (x, y + 22)], INK, 2)
    brush.oval((x - 11, y - 23, x + 11, y + 23), None, INK, 2)


def _football(brush: Brush, at: Point) -> None:
    x, y = at
    brush.oval((x - 25, y - 15, x + 25, y + 15), LEATHER, INK, 3)
    brush.line([(x - 10, y), (x + 10, y)], CHALK, 3)
    for lace in (-7, 0, 7):
        brush.line([(x + lace, y - 4), (x + lace, y + 4)], CHALK, 2)


def _soccer_ball(brush: Brush, at: Point) -> None:
    x, y = at
    brush.disc(at, 20, CHALK, INK, 3)
    brush.polygon(star((x, y), 8, 5, 0.81), INK)
    for dx, dy in star((0, 0), 15, 5, 1)[::2]:
        brush.disc((x + dx, y + dy), 3.4, INK)


def _near_hand(ball: Callable[[Brush, Point], None], dx: float, dy: float) -> Callable[[Brush, Point, Point], None]:
    return lambda brush, hand, _other: ball(brush, (hand[0] + dx, hand[1] + dy))


def _near_other(ball: Callable[[Brush, Point], None], dx: float, dy: float) -> Callable[[Brush, Point, Point], None]:
    return lambda brush, _hand, other: ball(brush, (other[0] + dx, other[1] + dy))


GEAR: dict[str, Callable[[Brush, Point, Point], None]] = {
    "bat": _bat,
    "pitch": _pitch,
    "glove": _field,
    "shot": _near_hand(_basketball, 24, -14),
    "dunk": _dunk,
    "dribble": _near_other(_basketball, 6, 52),
    "pass": _near_other(_football, 2, -12),
    "catch": _near_other(_football, 2, -12),
    "carry": _near_hand(_football, 6, -2),
    "kick": _near_hand(_soccer_ball, 244, 36),
    "save": _near_hand(_soccer_ball, -12, -22),
    "dribble_foot": _near_hand(_soccer_ball, -10, 138),
    "stick": partial(_stick, end=(80.0, 308.0), held=True),
    "slap": partial(_stick, end=(92.0, 318.0), held=True),
    "goalie": partial(_stick, end=(150.0, 322.0), held=False),
}
