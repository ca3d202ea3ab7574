"""The list of packs: read once for all, shown with its age, never binding when it is old."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.purchase import State
from tests.services.conftest import PACK, World, on_sqlite, refused

pytestmark = on_sqlite


async def test_a_hundred_askers_make_one_request(world: World):
    world.faults.add("available", "slow", seconds=1)
    listings = await asyncio.gather(*(world.app.catalogue.listing() for _ in range(100)))
    assert world.ledger.count("available") == 1
    assert len({id(listing) for listing in listings}) == 1
    assert {pack.slug for pack in listings[0].packs} == set(world.partner.packs)
    assert not listings[0].stale
    await asyncio.sleep(29)
    await world.app.catalogue.listing()
    assert world.ledger.count("available") == 1
    await asyncio.sleep(2)
    await world.app.catalogue.listing()
    assert world.ledger.count("available") == 2


async def test_an_asker_who_leaves_takes_nothing_from_the_others(world: World):
    world.faults.add("available", "slow", seconds=1)
    first, second = (asyncio.create_task(world.app.catalogue.listing()) for _ in range(2))
    await asyncio.sleep(0.5)
    first.cancel()
    assert (await second).packs
    assert world.ledger.count("available") == 1


async def test_a_partner_that_is_down(world: World):
    catalogue = world.app.catalogue
    world.partner.down = True
    assert await refused(catalogue.listing()) == "partner_down"
    asked = world.ledger.count("available")
    assert await refused(catalogue.listing()) == "partner_down"
    assert world.ledger.count("available") == asked, "so soon nobody waits for another failure"
    world.partner.down = False
    await asyncio.sleep(3)
    seen = await catalogue.listing()
    world.partner.down = True
    await asyncio.sleep(31)
    old = await catalogue.listing()
    assert (old.packs, old.checked_at, old.stale) == (seen.packs, seen.checked_at, True)
    await world.offer()  # half a minute old is good enough for a confirmation
    await asyncio.sleep(30)
    assert await refused(world.offer()) == "partner_down"
    assert (await catalogue.listing()).stale
    world.partner.down = False
    await asyncio.sleep(3)
    assert not (await catalogue.listing()).stale
    await world.offer()


@pytest.mark.parametrize("kind", ["500", "html_403", "401", "bad_json", "wrong_shape", "huge", "hang"])
async def test_no_confirmation_from_an_answer_that_is_none(world: World, kind: str):
    await world.app.catalogue.listing()
    await asyncio.sleep(61)
    world.faults.add("available", kind, times=None)
    assert await refused(world.offer()) == "partner_down"
    assert (await world.app.catalogue.listing()).stale


async def test_out_of_stock_is_read_again_at_once(world: World):
    offer = await world.offer()
    world.faults.add("init", "slow", seconds=5)
    made = await world.confirm(offer)
    await asyncio.sleep(2)
    world.partner.change(PACK, in_stock=False)
    before = world.ledger.count("available")
    end = await world.ended(made, 5)
    assert (end.state, end.reason) == (State.REFUSED, "sold_out")
    assert world.ledger.count("available") == before + 1
    pack = (await world.app.catalogue.listing()).find(end.pack_id)
    assert pack is not None
    assert not pack.in_stock
    assert world.ledger.count("available") == before + 1


async def test_suggestions_never_keep_anybody_waiting(world: World):
    catalogue = world.app.catalogue
    world.faults.add("available", "slow", seconds=10)
    before = world.clock.boottime()
    assert await catalogue.suggestions("") == ()
    assert world.clock.boottime() - before == pytest.approx(2)
    await asyncio.sleep(10)
    found = await catalogue.suggestions("")
    assert 0 < len(found) <= 25
    on_sale = [pack.on_sale for pack in found]
    assert on_sale == sorted(on_sale, reverse=True)
    assert [pack.slug for pack in await catalogue.suggestions("BASEball starter")] == [PACK]
    assert "Pokémon Starter" in {pack.name for pack in await catalogue.suggestions("pokemon")}
    await asyncio.sleep(60)
    world.faults.add("available", "hang")
    before = world.clock.boottime()
    assert await catalogue.suggestions("") == found
    assert world.clock.boottime() == before
