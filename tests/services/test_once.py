"""One confirmation, one purchase; one cap, never passed: whatever comes at once."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.clock import DAY, MINUTE
from bot.domain.purchase import State
from bot.services.place import Place
from bot.store import confirmations, limits, purchases
from tests.services.conftest import ALICE, BOB, CHANNEL, GUILD, OTHER_PACK, SETTLED, World, both, meeting, refused

PEOPLE = range(1, 51)


async def test_one_confirmation_pressed_many_times_at_once(world: World):
    offer = await world.offer()
    made, names = await both(*(world.confirm(offer) for _ in range(12)))
    assert len(made) == 1
    assert names == ["already_ordered"] * 11
    assert (await world.ended(made[0])).state is State.DELIVERED
    assert len(world.ledger.purchases) == world.ledger.count("init") == 1


async def test_whoever_presses_again_is_told_how_it_stands(world: World):
    offer = await world.offer()
    made = await world.confirm(offer)
    assert await refused(world.confirm(offer)) == "already_ordered"
    await world.ended(made)
    assert await refused(world.confirm(offer)) == "already_delivered"
    assert await refused(world.app.opening.cancel(offer.confirmation.id, ALICE)) == "already_delivered"

    offer = await world.offer()
    world.faults.add("init", "refuse")
    await world.ended(await world.confirm(offer))
    assert await refused(world.confirm(offer)) == "already_ended"
    assert world.ledger.count("init") == 2


async def test_a_newer_confirmation_replaces_the_older(world: World):
    first, second = await world.offer(), await world.offer(slug=OTHER_PACK)
    assert await refused(world.confirm(first)) == "confirmation_replaced"
    made = await world.confirm(second)
    assert made.pack_id == world.pack_id(OTHER_PACK)
    assert (await world.ended(made)).state is State.DELIVERED
    assert len(world.ledger.purchases) == 1


async def test_two_confirmations_of_one_person_at_once(world: World):
    await world.offer()  # the list of packs is there
    for _ in range(5):
        offers = await asyncio.gather(*(world.offer(slug="soccer-sprint") for _ in range(4)))
        made, names = await both(*(world.confirm(offer) for offer in offers))
        assert len(made) == 1
        assert names == ["confirmation_replaced"] * 3
        await asyncio.sleep(30)
    assert len(world.ledger.purchases) == 5


@pytest.mark.parametrize(
    ("state", "name"), [("CANCELLED", "confirmation_cancelled"), ("REPLACED", "confirmation_replaced")]
)
async def test_a_press_that_meets_its_end_buys_nothing(world: World, state: str, name: str):
    """The end of the confirmation isn't committed yet when Confirm is pressed."""
    offer = await world.offer()
    await asyncio.sleep(1)
    press = world.confirm(offer)
    assert (
        await refused(meeting(world, lambda conn: confirmations.close(conn, offer.confirmation.id, state), press))
        == name
    )
    await asyncio.sleep(60)
    assert world.ledger.count("init") == 0


async def test_what_a_confirmation_refuses(world: World):
    offer = await world.offer()
    opening, key = world.app.opening, offer.confirmation.id
    assert await refused(opening.confirm(key, BOB, world.reply())) == "terms_first"
    await world.app.accounts.accept(BOB)
    assert await refused(opening.confirm(key, BOB, world.reply())) == "not_yours"
    assert await refused(opening.cancel(key, BOB)) == "not_yours"
    assert await refused(opening.confirm("0" * 26, ALICE, world.reply())) == "confirmation_gone"
    await opening.cancel(key, ALICE)
    assert await refused(world.confirm(offer)) == "confirmation_cancelled"
    assert await refused(opening.cancel(key, ALICE)) == "confirmation_cancelled"
    offer = await world.offer()
    assert offer.confirmation.expires_at == world.clock.now() + 10 * MINUTE
    await asyncio.sleep(10 * 60)
    assert await refused(world.confirm(offer)) == "confirmation_expired"
    assert world.ledger.count("init") == 0


@pytest.mark.parametrize("overrides", [{"daily_spend_limit": "52.50"}])
async def test_fifty_people_race_to_the_daily_limit(world: World):
    """$52.50 is ten packs of $5, in whatever server."""
    places = [Place(GUILD + who % 3, CHANNEL, age_restricted=False) for who in PEOPLE]
    offers = [await world.offer(who, place=place) for who, place in zip(PEOPLE, places, strict=True)]
    made, names = await both(*(world.confirm(offer) for offer in offers))
    assert len(made) == 10
    assert names == ["over_limit_bot"] * 40
    await asyncio.sleep(60)
    assert world.ledger.count("init") == 10
    assert sum(bought.price_cents * bought.amount for bought in world.ledger.purchases) == 5_000
    assert {bought.user_id for bought in world.ledger.purchases} == {one.user_id for one in made}
    async with world.app.store.read() as conn:
        assert await purchases.spend(conn, world.clock.now() - DAY, None) == 5_000
    assert await refused(world.offer(ALICE)) == "over_limit_bot"
    await asyncio.sleep(DAY / 1000)
    assert (await world.ended(await world.order(ALICE))).state is State.DELIVERED


async def test_a_server_has_a_limit_of_its_own(world: World):
    await world.app.store.run(lambda conn: limits.put(conn, limits.guild(GUILD), 2_000))
    offers = [await world.offer(who) for who in range(1, 13)]
    elsewhere = [await world.offer(who, place=Place(99, CHANNEL, age_restricted=False)) for who in range(21, 25)]
    assert offers[0].left == 2_000
    assert elsewhere[0].left is None
    made, names = await both(*(world.confirm(offer) for offer in (*offers, *elsewhere)))
    assert len([one for one in made if one.guild_id == GUILD]) == 4
    assert len(made) == 8
    assert names == ["over_limit_guild"] * 8


@pytest.mark.parametrize("overrides", [{"daily_spend_limit": "5"}])
async def test_what_ends_without_cards_gives_its_share_back(world: World):
    offer = await world.offer()
    assert offer.left == 500
    world.faults.add("available", "slow", seconds=3)  # so that the order is still to come when Bob asks
    world.faults.add("init", "refuse")
    made = await world.confirm(offer)
    assert await refused(world.offer(BOB)) == "over_limit_bot"
    await world.ended(made)
    offer = await world.offer()
    world.faults.add("init", "reset")
    made = await world.confirm(offer)
    assert (await world.ended(made, 14 * 60)).state is State.IN_DOUBT
    assert await refused(world.offer(BOB)) == "over_limit_bot"
    assert (await world.ended(made, SETTLED)).state is State.NOT_EXECUTED
    assert (await world.offer(BOB)).left == 500


@pytest.mark.parametrize("overrides", [{"daily_spend_limit": "5"}])
async def test_an_order_for_a_person_to_decide_keeps_its_share(world: World):
    offer = await world.offer()
    world.faults.add("init", "foreign")
    assert (await world.ended(await world.confirm(offer), DAY / 1000)).state is State.REVIEW
    assert await refused(world.offer(BOB)) == "over_limit_bot"


async def test_a_limit_that_was_lowered_counts_for_confirmations_made_before(world: World):
    offer = await world.offer()
    await world.app.store.run(lambda conn: limits.put(conn, limits.BOT, 499))
    assert await refused(world.confirm(offer)) == "over_limit_bot"
