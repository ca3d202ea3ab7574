"""Pictures drawn when they are first looked at: the same path gives the same picture."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from sandbox import slab, wrapper

if TYPE_CHECKING:
    from sandbox.catalogue import Catalogue

KEPT = 200
"""How many pictures are remembered; each has less than 150 kB."""


class Gallery:
    def __init__(self, catalogue: Catalogue) -> None:
        self._packs = catalogue.packs
        self._cards = {card.key: card for card in catalogue.cards.values()}
        self.picture = functools.lru_cache(KEPT)(self._draw)

    def _draw(self, path: str) -> bytes | None:
        """PNG of `/cards/<key>.png`, `/cards/<key>-back.png` or `/packs/<slug>.png`; None for any other path."""
        match = re.fullmatch(r"/(cards|packs)/([a-z0-9-]+?)(-back)?\.png", path)
        if match is None:
            return None
        kind, name, back = match.groups()
        if kind == "packs":
            pack = self._packs.get(name)
            return wrapper.wrapper(pack).png() if pack and not back else None
        card = self._cards.get(name)
        if card is None or (back and not card.has_back):
            return None
        return (slab.back if back else slab.front)(card).png()
