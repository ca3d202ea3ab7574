"""The partner's packs: read once for all who ask."""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.clock import MINUTE, SECOND
from bot.errors import Refusal
from bot.partner.errors import PartnerError

if TYPE_CHECKING:
    from bot.domain.clock import Clock
    from bot.domain.pack import Pack
    from bot.partner.api import PartnerReads
    from bot.tasks import Tasks

log = logging.getLogger(__name__)

FRESH_FOR = 30 * SECOND
"""How long a list is shown without asking again."""
ASK_AGAIN = 3 * SECOND
"""So soon after a failure nobody waits for another one."""
BINDING_FOR = MINUTE
"""No confirmation is made from a list that is older."""
_SUGGEST_WAIT = 2.0
_LOOK_WAIT, _BINDING_WAIT = 4.0, 20.0
"""Seconds for which a person waits for a slow partner: less where an older list will do."""
_SUGGESTIONS = 25


def plain_letters(text: str) -> str:
    """For comparing: without case and accents, since nobody types the é of Pokémon."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


@dataclass(frozen=True, slots=True)
class Listing:
    """The packs as of `checked_at` (milliseconds UTC). `stale`: the partner can't be asked now."""

    packs: tuple[Pack, ...]
    checked_at: int
    stale: bool = False

    def find(self, pack_id: str) -> Pack | None:
        return next((p for p in self.packs if p.id == pack_id), None)

    def search(self, text: str) -> tuple[Pack, ...]:
        """Packs whose name or category holds every word of `text`, those on sale first."""
        words = plain_letters(text).split()
        found = [p for p in self.packs if all(w in plain_letters(" ".join((p.name, *p.categories))) for w in words)]
        return tuple(sorted(found, key=lambda p: (not p.on_sale, p.name.casefold())))


class Catalogue:
    """The list of packs, cached."""

    def __init__(self, reads: PartnerReads, clock: Clock, tasks: Tasks) -> None:
        self._reads, self._clock, self._tasks = reads, clock, tasks
        self._last: Listing | None = None
        self._asking: asyncio.Task[Listing | None] | None = None
        self._failed_at = 0

    async def listing(self) -> Listing:
        """For looking: when the partner is down, the last list, marked stale.

        Raises:
            Refusal: `partner_down` when there is no list at all.
        """
        found = await self._not_older_than(FRESH_FOR, _BINDING_WAIT if self._last is None else _LOOK_WAIT)
        if found is None:
            if self._last is None:
                raise Refusal("partner_down")
            return Listing(self._last.packs, self._last.checked_at, stale=True)
        return found

    async def binding(self) -> Listing:
        """For a confirmation: never stale.

        Raises:
            Refusal: `partner_down`.
        """
        found = await self._not_older_than(BINDING_FOR, _BINDING_WAIT)
        if found is None:
            raise Refusal("partner_down")
        return found

    async def suggestions(self, text: str) -> tuple[Pack, ...]:
        """For autocomplete, which has three seconds: from what is known, waiting at most two for the first list."""
        if self._last is None or self._clock.now() - self._last.checked_at > FRESH_FOR:
            asking = self.refresh()
            if self._last is None:
                await asyncio.wait([asking], timeout=_SUGGEST_WAIT)
        return () if self._last is None else self._last.search(text)[:_SUGGESTIONS]

    def tier_colors(self, pack_id: str) -> dict[str, int]:
        """The colours of a pack's tiers by name, as last seen."""
        pack = None if self._last is None else self._last.find(pack_id)
        return {} if pack is None else {tier.name: tier.color for tier in pack.tiers}

    def refresh(self) -> asyncio.Task[Listing | None]:
        """Asks the partner now; all who ask meanwhile share the answer. None: it couldn't be had."""
        if self._asking is None or self._asking.done():
            self._asking = self._tasks.spawn(self._ask(), "packs")
        return self._asking

    @property
    def _is_asking(self) -> bool:
        return self._asking is not None and not self._asking.done()

    async def _not_older_than(self, age: int, patience: float) -> Listing | None:
        if self._last is not None and self._clock.now() - self._last.checked_at <= age:
            return self._last
        if not self._is_asking and self._clock.now() - self._failed_at < ASK_AGAIN:
            return None
        asking = self.refresh()
        await asyncio.wait([asking], timeout=patience)
        return asking.result() if asking.done() else None

    async def _ask(self) -> Listing | None:
        asked_at = self._clock.now()
        try:
            packs = await self._reads.packs()
        except PartnerError as error:
            log.warning("the list of packs can't be had: %s", error)
            self._failed_at = self._clock.now()
            return None
        self._last = Listing(packs, asked_at)
        return self._last
