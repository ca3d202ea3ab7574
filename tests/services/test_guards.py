"""Who may open what, where: asked before the confirmation, and again when it is pressed."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from typing import Any

import httpx2
import pytest

from bot.domain.purchase import State
from bot.services.place import Place
from bot.store import freezes
from tests.services.conftest import (
    ALICE,
    BOB,
    CHANNEL,
    GUILD,
    OTHER_PACK,
    PACK,
    PLACE,
    World,
    on_sqlite,
    refusal,
    refused,
)

pytestmark = on_sqlite
ELSEWHERE = Place(99, CHANNEL, age_restricted=False)


@pytest.mark.parametrize("overrides", [{"guild_ids": f"{GUILD}, 12"}])
async def test_only_listed_servers_are_served(world: World):
    assert await refused(world.offer(place=ELSEWHERE)) == "not_served"
    card = await world.card()
    assert await refused(world.app.offers.quote(card.id, ALICE, 99)) == "not_served"
    assert await refused(world.app.sales.sell(card.id, ALICE, 99, 1, world.reply())) == "not_served"
    assert world.ledger.count("buyback") == 0


async def test_a_server_that_is_no_longer_listed_confirms_nothing(world: World):
    offer = await world.offer(place=ELSEWHERE)
    await world.restart(guild_ids=str(GUILD))
    assert await refused(world.confirm(offer)) == "not_served"
    await asyncio.sleep(60)
    assert world.ledger.count("init") == 0


@pytest.mark.parametrize("overrides", [{"age_restricted": True}])
async def test_only_in_age_restricted_channels(world: World):
    assert await refused(world.offer()) == "age_channel"
    await world.offer(place=Place(GUILD, CHANNEL, age_restricted=True))


@pytest.mark.parametrize(
    ("slug", "amount", "name", "values"),
    [
        ("summer-nationals", 1, "pack_sold_out", {"pack": "Summer Nationals"}),
        ("holiday-hoops", 1, "pack_disabled", {"pack": "Holiday Hoops"}),
        ("lopsided-league", 1, "pack_no_odds", {"pack": "Lopsided League"}),
        (PACK, 0, "amount", {"pack": "Sandlot Starter", "most": 25}),
        (PACK, 26, "amount", {"pack": "Sandlot Starter", "most": 25}),
        ("grail-vault", 2, "amount_one", {"pack": "Grail Vault"}),
    ],
)
async def test_packs_that_cannot_be_opened(world: World, slug: str, amount: int, name: str, values: dict[str, Any]):
    told = await refusal(world.offer(slug=slug, amount=amount))
    assert (told.name, told.values) == (name, values)
    told = await refusal(world.app.opening.offer(ALICE, PLACE, "no-such-pack", 1, private=False))
    assert (told.name, told.values) == ("pack_unknown", {"text": "no-such-pack"})


async def test_terms_come_before_the_first_purchase(world: World):
    opening = world.app.opening
    offer = await opening.offer(ALICE, PLACE, world.pack_id(), 1, private=True)
    assert await refused(world.confirm(offer)) == "terms_first"
    await world.app.accounts.accept(ALICE)
    made = await world.confirm(offer)
    assert made.private
    assert (await world.ended(made)).state is State.DELIVERED


class Dated(httpx2.AsyncBaseTransport):
    """A partner whose clock is off by so many seconds."""

    def __init__(self, world: World) -> None:
        self.inner, self.clock, self.off = world.partner.transport(), world.clock, 0.0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self.inner.handle_async_request(request)
        response.headers["Date"] = formatdate(self.clock.now() / 1000 + self.off, usegmt=True)
        return response


@pytest.mark.parametrize("off", [-32, 32])
async def test_clocks_that_disagree_stop_buying(world: World, off: int):
    transport = Dated(world)
    await world.restart(transport)
    await world.offer()
    transport.off = off
    await asyncio.sleep(61)
    assert await refused(world.offer()) == "clock_skew"
    transport.off = 20
    await asyncio.sleep(61)
    await world.offer()


async def freeze(world: World, scope: str, action: str = "buy", ends_in: int | None = None) -> str:
    now = world.clock.now()
    ends_at = None if ends_in is None else now + ends_in
    return await world.app.store.run(
        lambda conn: freezes.add(
            conn, scope=scope, action=action, cause="test", reason="repairs", now=now, ends_at=ends_at
        )
    )


@pytest.mark.parametrize("scope", ["bot", f"guild:{GUILD}", "pack", f"member:{ALICE}"])
async def test_a_freeze_stops_whom_it_names(world: World, scope: str):
    offer = await world.offer()
    await freeze(world, f"pack:{world.pack_id()}" if scope == "pack" else scope)
    told = await refusal(world.offer())
    assert (told.name, told.values) == ("frozen", {"reason": "repairs"})
    assert await refused(world.confirm(offer)) == "frozen"
    free = {
        "bot": None,
        f"guild:{GUILD}": world.offer(place=ELSEWHERE),
        "pack": world.offer(slug=OTHER_PACK),
        f"member:{ALICE}": world.offer(BOB),
    }
    for name, attempt in free.items():
        if name == scope and attempt is not None:
            await attempt
        elif attempt is not None:
            attempt.close()


async def test_a_freeze_ends_by_itself(world: World):
    await freeze(world, "bot", ends_in=10_000)
    told = await refusal(world.offer())
    assert (told.name, told.values) == ("frozen_until", {"reason": "repairs", "ends_at": world.clock.now() + 10_000})
    await asyncio.sleep(10)
    await world.offer()


async def test_buying_and_selling_freeze_apart(world: World):
    card = await world.card()
    await freeze(world, f"member:{ALICE}", "sell")
    assert await refused(world.price(card)) == "frozen_sell"
    assert await refused(world.sell(card, quoted=1)) == "frozen_sell"
    assert (await world.ended(await world.order())).state is State.DELIVERED
    assert world.ledger.count("buyback") == 0
