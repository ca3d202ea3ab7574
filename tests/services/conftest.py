"""The whole bot but Discord over the local Partner API, in virtual time, on both databases."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import App
from bot.errors import Refusal
from bot.services.place import Place, Reply
from bot.settings import Settings
from sandbox import Sandbox
from tests.virtual import VirtualClock, VirtualLoop, hold_time_during_transactions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine
    from pathlib import Path

    import httpx2

    from bot.services.opening import Offer
    from bot.services.sales import SaleView
    from bot.store.cards import Card
    from bot.store.purchases import Purchase

ALICE, BOB = 101, 102
GUILD, CHANNEL = 11, 12
PLACE = Place(GUILD, CHANNEL, age_restricted=False)
PACK = "sandlot-starter"
SETTLED = 40 * 60
"""Seconds after which every doubt has ended, one way or the other: settle time and two looks."""


def pytest_asyncio_loop_factories() -> dict[str, Any]:
    return {"virtual": VirtualLoop}


class World:
    """A partner, and a bot that can be started anew on the same database."""

    def __init__(self, partner: Sandbox, clock: VirtualClock, values: dict[str, Any]) -> None:
        self.partner, self.clock, self.values = partner, clock, values
        self.faults, self.ledger = partner.faults, partner.ledger
        self._messages = itertools.count(1000)
        self.app = self.build()

    def build(self, transport: httpx2.AsyncBaseTransport | None = None, **values: Any) -> App:
        settings = Settings(_env_file=None, **{**self.values, **values})
        return App(settings, clock=self.clock, transport=transport or self.partner.transport(), sync="OFF")

    async def start(self, app: App | None = None) -> None:
        self.app = app or self.app
        await self.app.start()
        await self.app.resume()

    async def restart(self, **values: Any) -> None:
        """The process ends where it stands, and another begins."""
        await self.app.close()
        await self.start(self.build(**values))

    def pack_id(self, slug: str = PACK) -> str:
        return self.partner.packs[slug].id

    def reply(self, *, private: bool = False) -> Reply:
        return Reply(CHANNEL, next(self._messages), "token", self.clock.now() + 900_000, private)

    async def offer(self, who: int = ALICE, slug: str = PACK, amount: int = 1, place: Place = PLACE) -> Offer:
        await self.app.accounts.accept(who)
        return await self.app.opening.offer(who, place, self.pack_id(slug), amount, private=False)

    async def confirm(self, offer: Offer, who: int = ALICE) -> Purchase:
        return await self.app.opening.confirm(offer.confirmation.id, who, self.reply())

    async def order(self, who: int = ALICE, slug: str = PACK, amount: int = 1) -> Purchase:
        return await self.confirm(await self.offer(who, slug, amount), who)

    async def purchase(self, purchase: Purchase) -> Purchase:
        return (await self.app.cards.pull(purchase.id)).purchase

    async def cards(self, purchase: Purchase) -> tuple[Card, ...]:
        return (await self.app.cards.pull(purchase.id)).cards

    async def ended(self, purchase: Purchase, seconds: float = 60) -> Purchase:
        """How it stands after that time."""
        await asyncio.sleep(seconds)
        return await self.purchase(purchase)

    async def card(self, who: int = ALICE, slug: str = PACK) -> Card:
        """A card that was just pulled."""
        made = await self.ended(await self.order(who, slug))
        return (await self.cards(made))[0]

    async def sell(self, card: Card, who: int = ALICE, quoted: int | None = None) -> SaleView:
        price = (await self.app.offers.quote(card.id, who, GUILD)).price if quoted is None else quoted
        return await self.sale(await self.app.sales.sell(card.id, who, GUILD, price, self.reply(private=True)))

    async def sale(self, sale: Any) -> SaleView:
        return await self.app.sales.view(sale.id)


async def refused(work: Coroutine[Any, Any, Any]) -> str:
    """The name of the refusal that it ends with."""
    with pytest.raises(Refusal) as caught:
        await work
    return caught.value.name


@pytest.fixture
def temperament() -> str:
    """The partner's; parametrize a test to have another."""
    return "production"


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Settings that differ; parametrize a test to have some."""
    return {}


@pytest.fixture
async def world(
    database_url: str,
    tmp_path: Path,
    temperament: Any,
    overrides: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[World]:
    hold_time_during_transactions(monkeypatch)
    clock = VirtualClock()
    values = {
        "discord_token": "a-token",
        "partner_api_key": "sandbox-key",
        "database_url": database_url,
        "data_dir": tmp_path,
        **overrides,
    }
    made = World(Sandbox(temperament=temperament, clock=clock), clock, values)
    await made.start()
    yield made
    await made.app.close()
