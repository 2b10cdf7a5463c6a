"""Draws the example site's pictures.

``python example_site/orchard/artwork/draw.py`` writes the files to its folder.
"""

import math
import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

HERE = Path(__file__).parent
SIZE = (1600, 1000)
SCALE = 2

PAPER = "#fbf1d9"
SKY = "#cfe0d2"
HILL = "#a9c48a"
FIELD = "#7fa763"
LEAF = "#2f6b3f"
DARK = "#1f4a30"
BARK = "#6a4a30"
QUINCE = "#e9b52b"
APPLE = "#c4472a"
WOOD = "#c99b5e"
PLANK = "#a9793f"
INK = "#24301f"

Point = tuple[float, float]


class Sheet:
    """A picture. Coordinates and sizes are in pixels of the finished picture."""

    def __init__(self, seed: int, document: str, size: tuple[int, int] = SIZE) -> None:
        self.size = size
        self.random = random.Random(seed)
        self.image = Image.new("RGB", (size[0] * SCALE, size[1] * SCALE), document)
        self.draw = ImageDraw.Draw(self.image)

    def polygon(self, points: list[Point], ink: str) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=ink)

    def disc(self, x: float, y: float, radius: float, ink: str) -> None:
        self.blob(x, y, radius, ink, wobble=0.03)

    def blob(
        self, x: float, y: float, radius: float, ink: str, *, wobble: float = 0.1, flat: float = 1
    ) -> None:
        """Draw an uneven disc; ``flat`` scales its height."""
        phases = [self.random.uniform(0, math.tau) for _ in range(3)]
        points = []
        for step in range(90):
            angle = step / 90 * math.tau
            waves = sum(
                math.sin(angle * (n + 2) + phase) / (n + 1) for n, phase in enumerate(phases)
            )
            reach = radius * (1 + wobble * waves / 2)
            points.append((x + reach * math.cos(angle), y + reach * math.sin(angle) * flat))
        self.polygon(points, ink)

    def stroke(self, points: list[Point], width: float, ink: str, *, taper: float = 1) -> None:
        """Draw a branch through ``points``, whose end is ``taper`` times as thick as its start."""
        smooth = _curve(points)
        count = len(smooth)
        for number, (x, y) in enumerate(smooth):
            radius = width / 2 * (1 + (taper - 1) * number / count)
            box = [
                (x - radius) * SCALE,
                (y - radius) * SCALE,
                (x + radius) * SCALE,
                (y + radius) * SCALE,
            ]
            self.draw.ellipse(box, fill=ink)

    def leaf(self, x: float, y: float, length: float, angle: float, ink: str) -> None:
        """Draw a leaf with its stalk at (x, y); ``angle`` is in degrees, 0 points right."""
        turn = math.radians(angle)
        outline = []
        for side in (1, -1):
            for step in range(21) if side == 1 else range(20, -1, -1):
                along = step / 20
                across = side * 0.26 * length * math.sin(math.pi * along**0.8)
                outline.append(_turned(x, y, along * length, across, turn))
        self.polygon(outline, ink)

    def hill(self, points: list[Point], ink: str) -> None:
        """Draw ground below the curve through ``points``."""
        width, height = self.size
        self.polygon([*_curve(points), (width, height), (0, height)], ink)

    def tree(
        self, x: float, y: float, height: float, *, fruit: str = QUINCE, count: int = 9
    ) -> None:
        """Draw a tree with its trunk at (x, y)."""
        crown = height * 0.4
        self.blob(x + height * 0.16, y, height * 0.34, DARK, flat=0.12)
        self.stroke([(x, y), (x - height * 0.02, y - height * 0.5)], height * 0.07, BARK, taper=0.6)
        self.blob(x + crown * 0.12, y - height * 0.62 + crown * 0.1, crown, DARK, wobble=0.18)
        self.blob(x - crown * 0.06, y - height * 0.66, crown * 0.93, LEAF, wobble=0.2)
        for _ in range(count):
            angle, reach = (
                self.random.uniform(0, math.tau),
                crown * 0.78 * self.random.random() ** 0.5,
            )
            spot = (x + reach * math.cos(angle), y - height * 0.65 + reach * math.sin(angle))
            self.disc(*spot, height * 0.03, fruit)

    def save(self, name: str) -> None:
        """Add grain, and write the file."""
        image = self.image.resize(self.size, Image.Resampling.LANCZOS)
        noise = Image.effect_noise(self.size, 20).filter(ImageFilter.GaussianBlur(0.6))
        grain = Image.merge("RGB", [noise.point(lambda value: min(255, value + 124))] * 3)
        ImageChops.multiply(image, grain).save(HERE / name, quality=78, optimize=True)


def _curve(points: list[Point]) -> list[Point]:
    """Return a smooth line through ``points`` (Catmull-Rom)."""
    ends = [points[0], *points, points[-1]]
    line: list[Point] = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(60):
            t = step / 60
            x, y = (_spline(a[i], b[i], c[i], d[i], t) for i in (0, 1))
            line.append((x, y))
    return [*line, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def _turned(x: float, y: float, along: float, across: float, turn: float) -> Point:
    return (
        x + along * math.cos(turn) - across * math.sin(turn),
        y + along * math.sin(turn) + across * math.cos(turn),
    )


def orchard() -> None:
    """Draw trees on two hills, a ladder and the sun."""
    sheet = Sheet(7, SKY)
    sheet.disc(1180, 250, 120, "#f6d670")
    sheet.hill([(0, 430), (400, 330), (900, 400), (1300, 330), (1600, 380)], "#b9d0a0")
    for x in range(60, 1600, 130):
        sheet.tree(x, 440 + 18 * math.sin(x / 160), 90, count=3)
    sheet.hill([(0, 560), (500, 470), (1000, 540), (1600, 470)], HILL)
    for x in range(40, 1600, 210):
        sheet.tree(x + 30, 590 + 25 * math.sin(x / 300), 190, count=7)
    sheet.hill([(0, 690), (600, 640), (1100, 720), (1600, 640)], FIELD)
    sheet.tree(330, 930, 560, count=22)
    sheet.tree(1330, 900, 480, count=17)
    for x in (560, 640):
        sheet.stroke([(x, 950), (x + (600 - x) * 0.5 - 70, 470)], 13, WOOD, taper=0.8)
    for step in range(8):
        y = 900 - step * 52
        sheet.stroke([(556 - step * 5.6, y), (640 - step * 9.6, y)], 10, PLANK)
    for x, y in [(700, 930), (745, 945), (722, 905), (860, 960), (1010, 925)]:
        sheet.disc(x, y, 19, QUINCE)
    sheet.save("orchard.jpg")


def sapling() -> None:
    """Draw a young tree with its stake."""
    sheet = Sheet(11, "#f7e2a5")
    sheet.disc(800, 470, 390, PAPER)
    sheet.hill([(0, 800), (500, 770), (1100, 790), (1600, 760)], FIELD)
    sheet.blob(800, 815, 300, BARK, flat=0.22)
    sheet.stroke([(900, 850), (900, 300)], 26, WOOD)
    sheet.stroke([(800, 830), (790, 600), (806, 380), (800, 210)], 24, BARK, taper=0.4)
    sheet.stroke([(800, 560), (850, 540), (900, 550)], 12, APPLE)
    for x, y, angle in [(798, 520, 205), (800, 470, -35), (803, 400, 215), (805, 350, -28)]:
        turn = math.radians(angle)
        tip = (x + 130 * math.cos(turn), y + 130 * math.sin(turn))
        sheet.stroke([(x, y), tip], 11, BARK, taper=0.5)
        for spread in (-55, -10, 45):
            sheet.leaf(*tip, 105, angle + spread, LEAF if spread else DARK)
    for angle in (-150, -115, -90, -60, -25):
        sheet.leaf(800, 225, 125, angle, LEAF if angle % 2 else DARK)
    sheet.stroke([(1130, 880), (1190, 420)], 22, PLANK)
    sheet.stroke([(1150, 410), (1235, 420)], 22, PLANK)
    sheet.polygon([(1090, 700), (1195, 715), (1175, 850), (1120, 905), (1075, 835)], INK)
    sheet.save("sapling.jpg")


def grafting() -> None:
    """Draw a graft and a knife."""
    sheet = Sheet(3, "#cddccb")
    sheet.blob(760, 520, 470, PAPER, wobble=0.08)
    sheet.stroke([(640, 1000), (690, 720), (740, 520)], 76, BARK, taper=0.8)
    sheet.stroke([(740, 520), (800, 330), (880, 120)], 56, "#8a6a3f", taper=0.45)
    for number in range(9):
        x, y = 722 + number * 6.2, 596 - number * 19
        sheet.stroke([(x - 52, y + 10), (x + 52, y - 14)], 14, QUINCE if number % 2 else "#f3d98a")
    for x, y, angle in [(792, 350, 190), (838, 240, 5), (868, 160, 205), (880, 125, -62)]:
        sheet.leaf(x, y, 150, angle, LEAF)
        sheet.leaf(x, y, 96, angle + 34, DARK)
    sheet.polygon([(1010, 560), (1390, 385), (1425, 400), (1400, 440), (1035, 615)], "#dfe6e4")
    sheet.polygon([(1018, 588), (1400, 418), (1400, 440), (1035, 615)], "#aebbb8")
    sheet.stroke([(1022, 590), (880, 668), (800, 760)], 74, APPLE, taper=0.85)
    for x, y in [(985, 612), (900, 662), (838, 722)]:
        sheet.disc(x, y, 9, PAPER)
    sheet.save("grafting.jpg")


def harvest() -> None:
    """Draw a full crate."""
    sheet = Sheet(5, "#e8c9a0")
    sheet.hill([(0, 720), (800, 700), (1600, 730)], FIELD)
    sheet.blob(800, 905, 590, DARK, flat=0.1)
    for row, y in enumerate((410, 480, 550)):
        for x in range(400 + 35 * (row % 2), 1215, 92):
            ink = QUINCE if sheet.random.random() < 0.42 else APPLE
            spot = (x + sheet.random.uniform(-12, 12), y + sheet.random.uniform(-14, 10))
            sheet.disc(*spot, 58, ink)
            sheet.blob(spot[0] - 20, spot[1] - 20, 14, PAPER, flat=0.7)
            sheet.stroke([(spot[0], spot[1] - 44), (spot[0] + 8, spot[1] - 72)], 7, BARK)
    sheet.leaf(610, 400, 120, -40, LEAF)
    sheet.leaf(960, 395, 130, -140, DARK)
    for number, y in enumerate((560, 670, 780)):
        sheet.polygon([(330, y), (1270, y - 6), (1262, y + 92), (338, y + 96)], WOOD)
        sheet.polygon([(338, y + 80), (1263, y + 76), (1262, y + 92), (338, y + 96)], PLANK)
        for x in (385, 1215):
            sheet.disc(x, y + 46, 9, INK if number else BARK)
    for x in (352, 1190):
        sheet.polygon([(x, 548), (x + 62, 548), (x + 60, 890), (x + 4, 890)], PLANK)
    sheet.save("harvest.jpg")


def logo() -> None:
    """Draw the logo, a quince, for receipts."""
    sheet = Sheet(1, "#ffffff", (400, 400))
    sheet.blob(200, 235, 125, QUINCE, wobble=0.1)
    sheet.stroke([(205, 125), (212, 55)], 18, BARK)
    sheet.leaf(215, 105, 150, -25, LEAF)
    image = sheet.image.resize(sheet.size, Image.Resampling.LANCZOS)
    image.save(HERE / "logo.png", optimize=True)


if __name__ == "__main__":
    orchard()
    sapling()
    grafting()
    harvest()
    logo()
