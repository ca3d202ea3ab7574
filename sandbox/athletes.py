"""Athletes in action, drawn as jointed figures: faceless and invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.brush import Brush, Color, Point, darker, lighter
from sandbox.clock import happens
from sandbox.gear import INK, draw_gear
from sandbox.poses import POSES, Pose

if TYPE_CHECKING:
    import random

SKINS: tuple[Color, ...] = ((244, 208, 177), (224, 172, 128), (186, 128, 88), (141, 85, 54), (96, 58, 38))


def athlete(category: str, position: str, colors: tuple[Color, Color], number: int, dice: random.Random) -> Brush:
    """A figure of 330 by 343 on a transparent ground, wearing the team's two colours."""
    pose = POSES[category][position]
    size = 3.3
    layer = Brush(330, 343)
    figure = _Figure(layer, pose, size, colors, dice.choice(SKINS))
    for outline in (True, False):
        figure.draw(category, outline=outline)
    layer.relief(3)
    if pose.gear == "goalie":
        figure.pads()
    draw_gear(layer, pose.gear, figure.at(pose.arms[1][2]), figure.at(pose.arms[0][2]))
    mirrored = happens(dice, 0.5)
    if mirrored:
        layer.mirror()
    figure.number(number, mirrored=mirrored)
    return layer


class _Figure:
    def __init__(self, brush: Brush, pose: Pose, size: float, colors: tuple[Color, Color], skin: Color) -> None:
        self.brush, self.pose, self.size, self.skin = brush, pose, size, skin
        self.jersey, self.trim = colors

    def at(self, point: Point) -> Point:
        return point[0] * self.size, point[1] * self.size

    def limb(self, points: tuple[Point, ...], fill: Color, width: float, *, outline: bool) -> None:
        width = width * self.size * self.pose.stout + (7 if outline else 0)
        self.brush.line([self.at(point) for point in points], INK if outline else fill, width)

    def draw(self, category: str, *, outline: bool) -> None:
        """Everything of the body; the outline is the same figure in ink, a little stouter, drawn first."""
        pose = self.pose
        padded = category in ("Football", "Hockey", "Baseball")
        shorts = self.trim if padded else self.jersey
        self.arm(pose.arms[0], covered=padded, outline=outline, behind=True)
        for leg, behind in zip(pose.legs, (True, False), strict=True):
            self.leg(leg, shorts, bare=not padded, outline=outline, behind=behind)
        self.torso(outline=outline)
        self.head(category, outline=outline)
        self.arm(pose.arms[1], covered=padded, outline=outline, behind=False)

    def arm(self, arm: tuple[Point, Point, Point], *, covered: bool, outline: bool, behind: bool) -> None:
        shoulder, elbow, hand = arm
        shade = darker(self.jersey, 0.25) if behind else self.jersey
        skin = darker(self.skin, 0.18) if behind else self.skin
        self.limb((elbow, hand), shade if covered else skin, 6, outline=outline)
        self.limb((shoulder, elbow), shade, 8.5, outline=outline)
        if covered and not outline:
            near = (hand[0] * 0.75 + elbow[0] * 0.25, hand[1] * 0.75 + elbow[1] * 0.25)
            self.limb((near, hand), self.trim, 6, outline=False)
        self.limb((hand, hand), INK if covered and self.pose.stout > 1 else skin, 7.5, outline=outline)

    def leg(self, leg: tuple[Point, Point, Point], shorts: Color, *, bare: bool, outline: bool, behind: bool) -> None:
        hip, knee, foot = leg
        shade = 0.22 if behind else 0.0
        middle = ((knee[0] + foot[0]) / 2, (knee[1] + foot[1]) / 2)
        toe = (foot[0] - 7 if foot[0] < knee[0] + 4 else foot[0] + 7, foot[1] + 1.5)
        self.limb((foot, toe), (240, 240, 244) if bare else INK, 6, outline=outline)
        self.limb((knee, foot), darker(self.skin if bare else shorts, shade), 8, outline=outline)
        self.limb((middle, foot), darker(self.jersey, shade), 8, outline=outline)
        self.limb((hip, knee), darker(shorts, shade), 11.5, outline=outline)

    def torso(self, *, outline: bool) -> None:
        left, right = self.pose.arms[1][0], self.pose.arms[0][0]
        hip = self.pose.hip
        neck = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
        belly = ((neck[0] + hip[0]) / 2, (neck[1] + hip[1]) / 2)
        self.limb((neck, self.pose.head), self.skin, 7, outline=outline)
        self.limb((left, right), self.jersey, 10, outline=outline)
        self.limb((neck, belly), self.jersey, 19, outline=outline)
        self.limb((belly, hip), self.jersey, 16, outline=outline)
        if not outline:
            self.limb(((hip[0] - 5, hip[1] + 2), (hip[0] + 5, hip[1] + 2)), self.trim, 4, outline=False)

    def head(self, category: str, *, outline: bool) -> None:
        x, y = self.at(self.pose.head)
        r = 8.2 * self.size
        if outline:
            self.brush.disc((x, y), r + 3.5, INK)
            return
        self.brush.disc((x, y), r, self.skin)
        helmet = darker(self.jersey, 0.1)
        match category:
            case "Baseball":
                self.brush.draw.pieslice([v * 2 for v in (x - r, y - r, x + r, y + r)], 175, 365, helmet)
                self.brush.box((x - r * 1.5, y - r * 0.22, x + r * 0.2, y + r * 0.08), self.trim, r * 0.14)
                self.brush.disc((x, y - r * 0.92), r * 0.13, self.trim)
            case "Football" | "Hockey":
                self.brush.disc((x, y), r * 1.08, helmet)
                self.brush.oval((x - r * 0.98, y - r * 0.25, x + r * 0.35, y + r * 0.85), self.skin)
                self.brush.line([(x - r * 0.3, y - r), (x + r * 0.4, y - r * 0.95)], self.trim, r * 0.16)
                for bar in (0.05, 0.4):
                    self.brush.line([(x - r * 1.05, y + r * bar), (x + r * 0.3, y + r * bar)], (214, 218, 226), 3)
            case _:
                hair = darker(self.skin, 0.75)
                self.brush.draw.pieslice([v * 2 for v in (x - r, y - r, x + r, y + r)], 190, 385, hair)
                self.brush.line([(x - r * 0.85, y - r * 0.3), (x + r * 0.8, y - r * 0.3)], self.trim, 5)

    def number(self, number: int, *, mirrored: bool) -> None:
        left, right = self.pose.arms[1][0], self.pose.arms[0][0]
        hip = self.pose.hip
        chest = ((left[0] + right[0] + hip[0]) / 3, (left[1] + right[1] + hip[1]) / 3 + 1)
        x, y = self.at(chest)
        at = (self.brush.size[0] - x if mirrored else x, y)
        self.brush.text(at, str(number % 100), 36, (255, 255, 255), anchor="mm", bold=0.7, edge=darker(self.trim, 0.55))

    def pads(self) -> None:
        """A hockey goalkeeper's legs are a wall."""
        for hip, knee, foot in self.pose.legs:
            top, bottom = self.at(((hip[0] + knee[0]) / 2, knee[1] - 5)), self.at(foot)
            for color, width in ((INK, 48), (lighter(self.trim, 0.5), 41), (self.jersey, 12)):
                self.brush.line([top, bottom], color, width)
