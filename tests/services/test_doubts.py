"""Orders of which it isn't known whether they were carried out: only evidence ends them, and nothing is sent twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bot.domain.clock import DAY
from bot.domain.purchase import State
from bot.store import purchases
from tests.services.conftest import ALICE, BOB, OTHER_PACK, PACK, SETTLED, World, on_sqlite, refusal, refused

if TYPE_CHECKING:
    from bot.store.purchases import Purchase

DOUBTS = [
    *("hang", "reset", "half_body", "429", "500", "504", "html_403", "redirect"),
    *("bad_json", "wrong_types", "wrong_shape", "huge"),
]
UNKNOWN_ANSWERS = [(400, "Transaction failed"), (402, "Payment required"), (503, "Claw machine is out of stock")]
REFUSALS = [
    ((400, "Claw machine is out of stock"), "sold_out"),
    ((400, "Amount must be greater than 0"), "amount"),
    ((400, "Amount must be less than or equal to 7"), "amount"),
    ((400, "VM not found"), "pack_unknown"),
    ((400, "user_id is required"), "user"),
    ((401, "Invalid API key"), "key"),
]


async def doubtful(world: World, *, executed: bool, amount: int = 1, kind: str = "reset", who: int = ALICE) -> Purchase:
    """An order whose answer got lost, a second after it was confirmed."""
    offer = await world.offer(who, amount=amount)
    world.faults.add("init", kind, after=executed)
    return await world.ended(await world.confirm(offer), 1)


async def owns_what_was_bought(world: World, purchase: Purchase) -> bool:
    """Whether its cards are the partner's, item by item."""
    orders = [order for order in world.ledger.purchases if order.user_id == purchase.user_id]
    bought = [item for order in orders for item in order.item_ids]
    return Counter(card.item_id for card in await world.cards(purchase)) == Counter(bought)


@on_sqlite
@pytest.mark.parametrize(("error", "reason"), REFUSALS)
async def test_a_documented_refusal_is_an_end(world: World, error: tuple[int, str], reason: str):
    offer = await world.offer()
    world.faults.add("init", "refuse", error=error)
    end = await world.ended(await world.confirm(offer))
    assert (end.state, end.reason) == (State.REFUSED, reason)
    assert world.ledger.purchases == []
    assert (await world.ended(await world.order())).state is State.DELIVERED


@pytest.mark.usefixtures("no_breaker")
async def test_all_else_is_in_doubt_until_the_inventory_tells(world: World):
    """Each fault for two people, of whom the second one's order is carried out."""
    cases = [(kind, executed) for kind in DOUBTS for executed in (False, True)]
    world.partner.engine.reserve = False  # items enough for all
    made = [
        await doubtful(world, who=who, kind=kind, executed=executed, amount=2)
        for who, (kind, executed) in enumerate(cases, 1)
    ]
    await asyncio.sleep(14)  # those that hang do so for 45 s
    now = [(await world.purchase(one)).state for one in made]
    expected = [State.SUBMITTING if kind == "hang" else State.IN_DOUBT for kind, _ in cases]
    assert dict(zip(cases, now, strict=True)) == dict(zip(cases, expected, strict=True))
    await asyncio.sleep(SETTLED)
    now = [(await world.purchase(one)).state for one in made]
    expected = [State.DELIVERED if executed else State.NOT_EXECUTED for _, executed in cases]
    assert dict(zip(cases, now, strict=True)) == dict(zip(cases, expected, strict=True))
    assert all([await owns_what_was_bought(world, one) for one in made])
    assert world.ledger.count("init") == len(cases)
    for who in range(1, len(cases) + 1):
        await world.offer(who)  # the lane is free


@on_sqlite
@pytest.mark.parametrize("error", UNKNOWN_ANSWERS)
async def test_an_undocumented_answer_is_no_refusal(world: World, error: tuple[int, str]):
    offer = await world.offer()
    world.faults.add("init", "refuse", error=error, after=True)
    made = await world.confirm(offer)
    assert (await world.ended(made, 5)).state is State.IN_DOUBT
    assert (await world.ended(made, 120)).state is State.DELIVERED


async def test_two_looks_after_the_settle_time_and_a_third_of_it_apart(world: World):
    made = await doubtful(world, executed=False)
    await asyncio.sleep(15 * 60 - 2)
    looks = world.ledger.count("inventory")
    assert (await world.purchase(made)).empty_looks == 0, "before the settle time nothing can be concluded"
    first = await world.ended(made, 5)
    assert (first.state, first.empty_looks) == (State.IN_DOUBT, 1)
    assert (await world.ended(made, 4 * 60)).state is State.IN_DOUBT
    end = await world.ended(made, 2 * 60)
    assert end.state is State.NOT_EXECUTED
    assert world.ledger.count("inventory") == looks + 2


@on_sqlite
@pytest.mark.parametrize("kind", ["500", "html_403", "hang", "bad_json", "wrong_types", "401"])
async def test_a_look_that_fails_is_no_look(world: World, kind: str):
    made = await doubtful(world, executed=True)
    world.faults.add("inventory", kind, times=None)
    assert (await world.ended(made, 2 * SETTLED)).state is State.IN_DOUBT
    world.faults.clear()
    assert (await world.ended(made, 6 * 60)).state is State.DELIVERED


@pytest.mark.parametrize("overrides", [{"settle_seconds": 14_400}])
async def test_after_a_day_without_evidence_a_person_decides(world: World):
    made = await doubtful(world, executed=True)
    world.faults.add("inventory", "500", times=None)
    assert (await world.ended(made, DAY / 1000 - 60)).state is State.IN_DOUBT
    end = await world.ended(made, 2 * 3600)
    assert (end.state, end.reason, end.look_at) == (State.REVIEW, "day", None)


@pytest.mark.parametrize(("kind", "reason"), [("fewer", "too_few"), ("more", "too_many")])
async def test_another_number_of_new_items_is_for_a_person(world: World, kind: str, reason: str):
    offer = await world.offer(amount=3)
    world.faults.add("init", "reset", after=True)
    world.faults.add("init", kind)
    end = await world.ended(await world.confirm(offer), SETTLED)
    assert (end.state, end.reason) == (State.REVIEW, reason)
    assert await world.cards(end) == ()
    for item in world.ledger.purchases[0].item_ids:
        assert item in await world.notes(end)
    await check_the_lane_is_taken(world, "lane_review")


async def test_an_older_unclaimed_item_is_for_a_person(world: World):
    await world.order()
    await asyncio.sleep(60)
    world.partner.engine.init(world.pack_id(), 1, await world.user_id())
    await asyncio.sleep(120)
    end = await world.ended(await doubtful(world, executed=False), SETTLED)
    assert (end.state, end.reason) == (State.REVIEW, "old_items")
    await check_the_lane_is_taken(world, "lane_review")


async def test_items_of_another_pack_and_claimed_ones_are_no_evidence(world: World):
    await world.order()
    await world.ended(await world.order(slug=OTHER_PACK))
    world.partner.engine.init(world.pack_id("gridiron-blitz"), 1, await world.user_id())
    end = await world.ended(await doubtful(world, executed=False), SETTLED)
    assert end.state is State.NOT_EXECUTED


async def test_items_that_come_late_reopen_it(world: World):
    world.partner.engine.settle = 45 * 60
    made = await doubtful(world, executed=True)
    assert (await world.ended(made, 25 * 60)).state is State.NOT_EXECUTED
    end = await world.ended(made, 75 * 60)
    assert end.state is State.DELIVERED
    assert await owns_what_was_bought(world, end)
    assert world.ledger.count("init") == 1


@pytest.mark.parametrize(
    ("kind", "reason", "count"), [("fewer", "too_few", 2), ("more", "too_many", 4), ("foreign", "foreign", 0)]
)
async def test_a_result_that_contradicts_the_order_is_for_a_person(world: World, kind: str, reason: str, count: int):
    offer = await world.offer(amount=3)
    world.faults.add("init", kind)
    end = await world.ended(await world.confirm(offer))
    assert (end.state, end.reason, end.cards) == (State.REVIEW, reason, count)
    assert len(await world.cards(end)) == count
    if count:
        assert await owns_what_was_bought(world, end)
    await check_the_lane_is_taken(world, "lane_review")


async def check_the_lane_is_taken(world: World, name: str) -> None:
    """This pack waits, for this person; all else is free."""
    assert await refused(world.offer()) == name
    assert (await world.ended(await world.order(slug=OTHER_PACK))).state is State.DELIVERED
    assert (await world.ended(await world.order(BOB))).state is State.DELIVERED


@pytest.mark.parametrize(("kind", "state"), [("fail", State.NOT_EXECUTED), ("fail_delivered", State.DELIVERED)])
async def test_of_a_failed_session_the_inventory_decides(world: World, kind: str, state: State):
    offer = await world.offer(amount=2)
    world.faults.add("init", kind)
    made = await world.confirm(offer)
    assert (await world.ended(made, 30)).state is State.IN_DOUBT
    end = await world.ended(made, SETTLED)
    assert end.state is state
    assert await owns_what_was_bought(world, end)
    assert (await world.states(made))[2:4] == ["ACCEPTED", "IN_DOUBT"]


@pytest.mark.parametrize("temperament", ["sandbox"])
async def test_a_sandbox_that_forgot_says_so(world: World):
    offer = await world.offer()
    world.faults.add("status", "500", times=3)
    made = await world.confirm(offer)
    await asyncio.sleep(1)
    world.partner.forget()
    end = await world.ended(made, SETTLED)
    assert (end.state, end.reason) == (State.NOT_EXECUTED, "sandbox")


async def test_the_lane_while_in_doubt(world: World):
    made = await doubtful(world, executed=False)
    told = await refusal(world.offer())
    assert told.name == "lane_purchase"
    assert told.values == {"since_on": made.created_at, "look_at": made.look_at}
    await check_the_lane_is_taken(world, "lane_purchase")
    assert (await world.ended(made, SETTLED)).state is State.NOT_EXECUTED
    assert (await world.ended(await world.order())).state is State.DELIVERED


async def test_an_order_that_waits_behind_one_that_gets_lost_is_cancelled(world: World):
    first = await doubtful(world, executed=True, kind="hang")
    second = await world.order()
    assert (await world.ended(second, 30)).state is State.RESERVED
    assert (await world.ended(first, 20)).state is State.IN_DOUBT
    assert (await world.purchase(second)).reason == "lane"
    assert await refused(world.offer()) == "lane_purchase"
    assert (await world.ended(first, SETTLED)).state is State.DELIVERED
    assert world.ledger.count("init") == 1


async def test_what_was_confirmed_before_the_doubt_is_asked_again(world: World):
    await doubtful(world, executed=False, kind="hang")
    offer = await world.offer()
    await asyncio.sleep(50)
    assert await refused(world.confirm(offer)) == "lane_purchase"
    assert world.ledger.count("init") == 1


async def test_another_session_of_the_pack_could_be_what_appears(world: World):
    """Two items appear, of which one belongs to a purchase that has a session: neither is given to the doubt."""
    world.partner.engine.settle = 20 * 60
    pending = await world.order()
    await asyncio.sleep(1)
    doubt = await doubtful(world, executed=True)
    world.faults.add("status", "500", times=None)  # the items are there, and the session still says nothing
    await asyncio.sleep(26 * 60)
    assert (await world.purchase(doubt)).state is State.IN_DOUBT
    world.faults.clear()
    ends = [await world.ended(pending, 15 * 60), await world.purchase(doubt)]
    assert [end.state for end in ends] == [State.DELIVERED] * 2
    assert [(await world.cards(end))[0].item_id for end in ends] == [b.item_ids[0] for b in world.ledger.purchases]


async def test_one_unknown_at_a_time(world: World):
    """A session that fails while another order of the pack is on its way: the first one keeps asking meanwhile."""
    offer = await world.offer()
    world.faults.add("init", "fail")
    first = await world.ended(await world.confirm(offer), 1)
    second = await doubtful(world, executed=False, kind="hang")
    assert [first.state, second.state] == [State.ACCEPTED, State.SUBMITTING]
    assert (await world.ended(first, 30)).state is State.ACCEPTED
    assert (await world.ended(second, 60)).state is State.IN_DOUBT
    assert (await world.purchase(first)).state is State.ACCEPTED


async def taken_for_lost(world: World, seen: Purchase) -> Purchase:
    """What another process does with an order that it believes to be abandoned."""
    return await world.app.store.run(
        lambda conn: purchases.step(conn, seen, State.IN_DOUBT, now=world.clock.now(), look_at=None)
    )


async def test_an_answer_that_comes_late_still_counts(world: World):
    offer = await world.offer()
    world.faults.add("init", "slow", after=True, seconds=20)
    made = await world.ended(await world.confirm(offer), 1)
    await taken_for_lost(world, made)
    end = await world.ended(made)
    assert end.state is State.DELIVERED
    assert await world.states(made) == ["RESERVED", "SUBMITTING", "IN_DOUBT", "ACCEPTED", "DELIVERED"]


async def test_a_refusal_that_comes_late_still_counts(world: World):
    offer = await world.offer()
    world.faults.add("init", "slow", seconds=20)
    made = await world.ended(await world.confirm(offer), 1)
    world.partner.change(PACK, in_stock=False)
    await taken_for_lost(world, made)
    end = await world.ended(made)
    assert (end.state, end.reason) == (State.REFUSED, "sold_out")
    assert world.ledger.purchases == []


@pytest.mark.parametrize("overrides", [{"account_mode": "linked", "link_secret": "s" * 40}])
async def test_where_others_buy_too_items_prove_nothing(world: World):
    """In linked mode the member may have bought the same pack on the community's own site."""
    from tests.services.test_accounts import linked

    await linked(world, ALICE)
    lost = await world.ended(await doubtful(world, executed=False), SETTLED)
    assert lost.state is State.NOT_EXECUTED
    found = await world.ended(await doubtful(world, executed=True), SETTLED)
    assert (found.state, found.reason) == (State.REVIEW, "linked")
