"""The whole local Partner API as one object: for tests, the demo, and the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict, Unpack

from sandbox import app, catalogue
from sandbox.answers import Answers
from sandbox.art import Gallery
from sandbox.clock import RealClock
from sandbox.engine import Engine
from sandbox.faults import Faults
from sandbox.ledger import Ledger
from sandbox.transport import InProcess
from sandbox.trouble import Trouble

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence
    from decimal import Decimal

    import httpx2

    from sandbox.catalogue import Pack
    from sandbox.clock import SandboxClock
    from sandbox.engine import Temperament


class PackChange(TypedDict, total=False):
    name: str
    description: str
    mint_price: Decimal
    max_per_mint: int
    buyback_percent: Decimal
    enable: bool
    in_stock: bool
    has_picture: bool


class Sandbox:
    """The Partner API on this machine.

    Temperament "sandbox" is the partner's own sandbox as documented: synchronous, nothing reserved, prices frozen.
    "production" holds status calls for up to `hold` seconds, delivers about `settle` seconds after init, hands each
    item out once until it is sold, and moves prices by up to the share `wobble`; a sale takes `sale` seconds there.
    `reserve=False` lets production hand out the same item again and again: stock enough for a load test.
    """

    def __init__(
        self,
        *,
        temperament: Temperament = "sandbox",
        seed: int = 0,
        clock: SandboxClock | None = None,
        public_url: str = "http://127.0.0.1:8799",
        settle: float = 6.0,
        hold: float = 6.0,
        sale: float = 0.4,
        wobble: float = 0.03,
        reserve: bool = True,
    ) -> None:
        self.clock: SandboxClock = clock or RealClock()
        self.ledger = Ledger()
        self.faults = Faults(seed)
        self.down = False
        """While it is True every API call ends in a connection reset."""
        self.ahead = 0.0
        """By how many seconds the partner's clock, as its `Date` header tells it, is ahead."""
        self._catalogue = catalogue.build()
        self.engine = Engine(
            self._catalogue,
            self.ledger,
            self.faults,
            self.clock,
            temperament,
            seed,
            settle,
            hold,
            sale,
            wobble,
            reserve,
        )
        self.answers = Answers(public_url, production=temperament == "production")
        self._gallery = Gallery(self._catalogue)
        self.app = Trouble(self, app.build(self))
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def packs(self) -> dict[str, Pack]:
        """By slug; change them with `change`."""
        return self._catalogue.packs

    @property
    def public_url(self) -> str:
        """Where the pictures are."""
        return self.answers.public_url

    @public_url.setter
    def public_url(self, url: str) -> None:
        self.answers.public_url = url

    def change(self, slug: str, *, weights: Sequence[float | None] | None = None, **fields: Unpack[PackChange]) -> None:
        """The partner changes a pack under everybody's hands."""
        pack = self.packs[slug]
        for name, value in fields.items():
            setattr(pack, name, value)
        if weights is not None:
            pack.tiers = [replace(tier, weight=weight) for tier, weight in zip(pack.tiers, weights, strict=True)]

    def keep_only(self, slug: str, count: int) -> None:
        """Leaves the pack with its first `count` cards."""
        del self._catalogue.cards_of(self.packs[slug])[count:]

    def reprice(self, item_id: str, cents: int) -> None:
        """From now on this is the price of the item, shown and paid."""
        self.engine.prices[item_id] = cents

    def drift(self, item_id: str, cents: int) -> None:
        """The next sale of the item pays that much more (or, negative, less) than was shown."""
        self.engine.drifts[item_id] = cents

    def forget(self) -> None:
        """What the real sandbox does on a deploy: sessions, inventories and locks are gone; the ledger stays."""
        self.engine.forget()

    def transport(self) -> httpx2.AsyncBaseTransport:
        """For an httpx2 client in this process."""
        return InProcess(self)

    def picture(self, path: str) -> bytes | None:
        """The PNG at `/cards/….png` or `/packs/….png`; None where there is none."""
        return self._gallery.picture(path)

    def keep(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        """A task that serves a request is held until it has ended."""
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        return task
