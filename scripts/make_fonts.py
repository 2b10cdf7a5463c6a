"""Creates the receipt's fonts: static instances of Noto Sans, reduced to the supported scripts.

Run ``python scripts/make_fonts.py`` with fonttools and fontpkg-noto-sans installed. xhtml2pdf can't draw
bold from a variable font, so each weight has its own file.
"""

from importlib.util import find_spec
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

TARGET = Path(__file__).parents[1] / "wagtail_payments/static/wagtail_payments/fonts"
WEIGHTS = {"Regular": 400, "Bold": 700}
RANGES = [
    (0x0020, 0x024F),  # Latin
    (0x0370, 0x052F),  # Greek, Cyrillic
    (0x1E00, 0x1FFF),  # Latin additional, Greek extended
    (0x2000, 0x206F),  # punctuation
    (0x20A0, 0x20CF),  # currency signs
    (0x2100, 0x214F),  # letterlike signs
]


def source() -> Path:
    """Return the path of the variable font in fontpkg-noto-sans."""
    package = find_spec("fontpkg_noto_sans")
    if package is None or package.origin is None:
        raise SystemExit("Install fontpkg-noto-sans first.")
    return Path(package.origin).parent / "files" / "NotoSans[wdth,wght].ttf"


def make(name: str, weight: int) -> None:
    """Write the static font of one weight."""
    font = instantiateVariableFont(
        TTFont(source()), {"wght": weight, "wdth": 100}, updateFontNames=True
    )
    options = Options()
    options.layout_features = ["kern"]
    options.name_IDs = ["*"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for low, high in RANGES for code in range(low, high + 1)])
    subsetter.subset(font)
    font.save(TARGET / f"NotoSans-{name}.ttf")


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, weight in WEIGHTS.items():
        make(name, weight)
        print(f"NotoSans-{name}.ttf: {(TARGET / f'NotoSans-{name}.ttf').stat().st_size} bytes")
