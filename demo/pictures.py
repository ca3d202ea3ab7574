"""`make pictures`: the README's pictures, of the real page. The demo pulls the same cards each time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from demo.browser import Pane, chromium, page_at, running_demo

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator, Page

FOLDER = Path("docs/pictures")
PACK = "Diamond Classics"
TALL = 1500
"""Pixels: so that the largest message is there in one piece."""
MARGIN = 10


class Album:
    """Takes pictures of what stands in a conversation, as soon as its own pictures are there."""

    def __init__(self, folder: Path, page: Page) -> None:
        self._folder, self._page = folder, page
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, first: Locator, last: Locator | None = None) -> None:
        """From the top of the one to the bottom of the other, as wide as the pane."""
        last = last or first
        last.wait_for()
        self._page.mouse.move(0, 0)  # off the button that was pressed
        for picture in first.locator(".component-gallery img, .component-thumbnail").all():
            picture.evaluate("image => image.decode()")
        top, bottom = first.bounding_box(), last.bounding_box()
        assert top is not None
        assert bottom is not None
        y, end = top["y"] - MARGIN, bottom["y"] + bottom["height"] + MARGIN
        file = self._folder / f"{name}.png"
        clip: FloatRect = {"x": bottom["x"], "y": y, "width": bottom["width"], "height": end - y}
        self._page.screenshot(path=file, clip=clip)
        print(f"{file}  {file.stat().st_size // 1024} kB")  # noqa: T201 - a command's output


def take_all(folder: Path) -> None:
    """catalogue, confirmation, waiting, reveal, sell and sold, as PNG files in that folder."""
    with running_demo() as url, page_at(url, width=1480, height=TALL, scale=1.5) as page:
        album, alice, bob = Album(folder, page), Pane(page, 0), Pane(page, 1)
        alice.type("packs", search=PACK)
        album.take("catalogue", alice.message("In stock"))

        alice.type("open", pack=PACK, amount="2")
        album.take("confirmation", alice.message("Purchases are final"))
        alice.press("Confirm")
        alice.press("I am 18")
        album.take("waiting", bob.message("With the partner"))
        album.take("reveal", bob.message("Card 2 of 2"))

        bob.message("offer ends").wait_for()
        alice.press("Sell")
        album.take("sell", alice.message("The partner will buy this card"))
        alice.press("Sell for")
        sold = alice.message("was sold to the partner")
        sold.wait_for()
        album.take("sold", alice.message("opened 2"), sold)


if __name__ == "__main__":
    if chromium() is None:
        sys.exit("The pictures are taken with Chromium, which isn't here: apt install chromium")
    take_all(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
