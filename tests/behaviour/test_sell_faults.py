"""A sale that goes wrong: what its person reads, what the store holds, and what the partner carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.sale import CardState, SaleState
from bot.store.tables import cards, sales
from tests.behaviour.look import buttons, texts
from tests.behaviour.steps import (
    DELIVERY,
    FIRST_LOOK,
    OTHER_PACK,
    PACK,
    SETTLED,
    SOON,
    WALL,
    delivered,
    freeze,
    ordered,
    question,
    rows,
    sell_button,
    sold_as,
    usd,
)

if TYPE_CHECKING:
    from sandbox.faults import Kind
    from tests.behaviour.conftest import World

NOT_KNOWN = "We don't know yet whether"


async def confirmed(world: World, asked: Any, who: Any = None) -> None:
    """ "Sell for $…" is pressed."""
    await world.press(world.message(asked), "sellnow", who)
    await world.after(SOON)


def refuse(status: int, text: str) -> dict[str, Any]:
    return {"kind": "refuse", "error": (status, text)}


@pytest.mark.parametrize(
    ("fault", "said", "state", "card", "button"),
    [
        (refuse(400, "Item not found"), "isn't with your account any more", SaleState.GONE, CardState.GONE,
         ("Not here any more", False)),
        (refuse(400, "Item has expired"), "The partner's offer for it has ended.", SaleState.NOT_SOLD, CardState.HELD,
         ("Sell", True)),
        ({"kind": "401"}, "doesn't accept this bot's key", SaleState.NOT_SOLD, CardState.HELD, ("Sell", True)),
        ({"kind": "connect_error"}, "The partner couldn't be reached.", SaleState.NOT_SOLD, CardState.HELD,
         ("Sell", True)),
    ],
)  # fmt: skip
async def test_an_answer_that_sells_nothing_is_said_in_words(
    world: World, fault: Any, said: str, state: SaleState, card: CardState, button: tuple[str, bool]
) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.partner.faults.add("buyback", **fault)
    await confirmed(world, asked)
    assert "Not sold" in texts(world.message(asked))
    await sold_as(world, asked, said, state, card, executed=0)
    assert sell_button(world, message) == button
    assert "## Open 1 ×" in texts(await world.ask()), "the lane is free"


@pytest.mark.parametrize(
    "fault",
    [
        refuse(400, "Transaction failed"),
        refuse(400, "Item already has an active buyback session"),
        refuse(429, "A buyback request for this item is already being processed"),
        refuse(500, "An unexpected error occurred"),
        {"kind": "hang"},
    ],
    ids=lambda fault: fault.get("error", (0, fault["kind"]))[1],
)
async def test_a_doubt_in_which_nothing_is_sold_twice(world: World, fault: Any) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    second = await question(world, message)
    world.partner.faults.add("buyback", **fault)
    await confirmed(world, asked)
    await world.after(WALL if fault["kind"] == "hang" else 0)
    await sold_as(world, asked, NOT_KNOWN, SaleState.IN_DOUBT, CardState.IN_DOUBT, executed=0)
    assert sell_button(world, message) == ("Sale not known yet", False)
    await confirmed(world, second)
    assert "A sale of this card is under way. It will not be sold twice." in texts(world.message(second))
    assert world.ledger.count("buyback") == 1


@pytest.mark.parametrize("kind", ["reset", "500"])
async def test_a_doubt_whose_card_is_still_there_twice_was_no_sale(world: World, kind: Kind) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.partner.faults.add("buyback", kind)
    await confirmed(world, asked)
    sale = await sold_as(world, asked, NOT_KNOWN, SaleState.IN_DOUBT, CardState.IN_DOUBT, executed=0)
    refused = texts(await world.ask())
    assert f"Your sale of <t:{sale.created_at // 1000}:f>, of a card from this pack, isn't settled yet." in refused
    assert "You can open other packs meanwhile." in refused
    assert "## Open 1 ×" in texts(await world.ask(pack=OTHER_PACK))
    await world.after(SETTLED)
    assert (await rows(world, sales))[-1].state == SaleState.NOT_SOLD
    assert sell_button(world, message) == ("Sell", True)
    call = world.public()[-1]
    assert texts(call) == f"📬 <@{world.alice.id}>, the outcome of your sale is known."
    shown = await world.press(call, "show")
    assert "Sells back for" in texts(shown.response)
    asked = await question(world, message)
    await confirmed(world, asked)
    await sold_as(world, asked, "recorded", SaleState.SOLD, CardState.SOLD, executed=1)


@pytest.mark.parametrize("kind", ["hang", "reset", "half_body", "500", "html_403", "bad_json", "wrong_types"])
async def test_a_doubt_whose_card_is_gone_twice_was_a_sale_for_about_the_price(world: World, kind: Kind) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.partner.faults.add("buyback", kind, after=True)
    await confirmed(world, asked)
    await world.after(WALL if kind == "hang" else 0)
    await sold_as(world, asked, NOT_KNOWN, SaleState.IN_DOUBT, CardState.IN_DOUBT, executed=1)
    await world.after(5 * FIRST_LOOK + 300)
    sale = await sold_as(world, asked, ", being confirmed", SaleState.SOLD, CardState.SOLD, executed=1)
    assert sale.amount is None
    assert f"Sold · about {usd(sale.quoted)}" in texts(world.message(asked))
    assert "Sold · about" in texts(world.message(message))
    assert sell_button(world, message) == ("Sold", False)
    assert world.ledger.count("buyback") == 1


async def test_a_sale_in_doubt_at_a_sandbox_that_forgot_everything_is_no_sale(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.partner.faults.add("buyback", "reset")
    await confirmed(world, asked)
    world.partner.forget()
    await world.after(SETTLED)
    assert [sale.state for sale in await rows(world, sales)] == [SaleState.GONE]
    assert sell_button(world, message) == ("Not here any more", False)
    assert not world.ledger.sales
    assert "## Open 1 ×" in texts(await world.ask()), "the lane is free"


@pytest.mark.parametrize("change", [-1, 25])
async def test_an_amount_that_drifted_is_the_partners_and_both_are_said(world: World, change: int) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.partner.drift(world.ledger.purchases[0].item_ids[0], change)
    await confirmed(world, asked)
    (executed,) = world.ledger.sales
    sale = await sold_as(
        world, asked, f"Sold · {usd(executed.amount_cents)} recorded", SaleState.SOLD, CardState.SOLD, executed=1
    )
    assert (sale.amount, sale.quoted) == (executed.amount_cents, executed.amount_cents - change)
    both = f"It was shown as {usd(sale.quoted)}; the partner recorded {usd(sale.amount)}."
    assert both in texts(world.message(asked))
    assert sell_button(world, message) == (f"Sold {usd(sale.amount)}", False)


async def test_a_price_that_fell_between_question_and_sale_is_asked_again(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    item = world.ledger.purchases[0].item_ids[0]
    world.partner.reprice(item, 1)
    await confirmed(world, asked)
    assert "The partner now offers $0.01, less than the $" in texts(world.message(asked))
    assert not buttons(world.message(asked))
    assert (await rows(world, sales), world.ledger.count("buyback")) == ([], 0)
    again = await question(world, message)
    assert "Sell for $0.01" in buttons(again)
    world.partner.reprice(item, 9_99)
    await confirmed(world, again)
    sale = await sold_as(world, again, "Sold · $9.99 recorded", SaleState.SOLD, CardState.SOLD, executed=1)
    assert sale.quoted == 9_99, "a price that rose is taken as it was read again"


@pytest.mark.parametrize("kind", ["html_403", "500", "hang"])
async def test_without_a_look_nothing_is_sold(world: World, kind: Kind) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.partner.faults.add("inventory", kind, times=3)
    await confirmed(world, asked)
    await world.after(2 * WALL if kind == "hang" else 5)
    assert "The partner can't be reached right now. Nothing was bought or sold." in texts(world.message(asked))
    assert (await rows(world, sales), world.ledger.count("buyback")) == ([], 0)
    assert sell_button(world, message) == ("Sell", True)


async def test_a_freeze_between_question_and_sale_stops_it(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    await freeze(world, "sell")
    await confirmed(world, asked)
    assert "Selling cards is paused: a check. Nothing was sold." in texts(world.message(asked))
    assert world.ledger.count("buyback") == 0


@pytest.mark.parametrize("when", ["before the question", "before the sale"])
async def test_a_card_that_was_sold_elsewhere_is_not_sold_here(world: World, when: str) -> None:
    message = await delivered(world, amount=2)
    early = await question(world, message)
    card = max(await rows(world, cards), key=lambda card: card.position)
    _sold_elsewhere(world, card.item_id)
    asked = early if when == "before the sale" else await question(world, message)
    if when == "before the sale":
        await confirmed(world, asked)
    assert "The partner doesn't show" in texts(world.message(asked))
    assert "Nothing was sold. If you didn't expect that, tell a moderator." in texts(world.message(asked))
    assert (await rows(world, sales), world.ledger.count("buyback")) == ([], 0)


def _sold_elsewhere(world: World, item: str) -> None:
    """On the community's site, say: by another door than the bot's."""
    engine = world.partner.engine
    engine.pulls.remove(next(pull for pull in engine.pulls if pull.card.id == item))


async def test_an_item_that_somebody_else_pulled_again_is_not_sold_from_the_old_card(world: World) -> None:
    world.partner.keep_only(PACK, 1)
    hers = await delivered(world)
    asked = await question(world, hers)
    _sold_elsewhere(world, world.ledger.purchases[0].item_ids[0])
    his = await delivered(world, world.bob)
    assert world.ledger.purchases[0].item_ids == world.ledger.purchases[1].item_ids
    await confirmed(world, asked)
    assert "The partner doesn't show" in texts(world.message(asked))
    assert world.ledger.count("buyback") == 0
    await confirmed(world, await question(world, his, world.bob), world.bob)
    assert [sale.user_id for sale in world.ledger.sales] == [world.ledger.purchases[1].user_id]


async def test_an_item_that_the_same_person_pulled_again_is_the_newer_card(world: World) -> None:
    world.partner.keep_only(PACK, 1)
    old = await delivered(world)
    _sold_elsewhere(world, world.ledger.purchases[0].item_ids[0])
    new = await delivered(world)
    assert world.ledger.purchases[0].item_ids == world.ledger.purchases[1].item_ids
    assert "The partner doesn't show" in texts(await question(world, old))
    asked = await question(world, new)
    await confirmed(world, asked)
    await sold_as(world, asked, "recorded", SaleState.SOLD, CardState.SOLD, executed=1)
    assert sell_button(world, new)[0] != sell_button(world, old)[0] == "Sell"


async def test_a_sale_in_doubt_leaves_the_next_owner_of_the_item_alone(world: World) -> None:
    world.partner.keep_only(PACK, 1)
    hers = await delivered(world)
    asked = await question(world, hers)
    world.partner.faults.add("buyback", "reset", after=True)
    await confirmed(world, asked)
    his = await ordered(world, world.bob)
    await world.after(DELIVERY)
    await world.after(SETTLED)
    mine, theirs = sorted(await rows(world, cards), key=lambda card: card.discord_id != world.alice.id)
    assert mine.item_id == theirs.item_id
    assert (mine.state, theirs.state) == (CardState.SOLD, CardState.HELD)
    assert (len(world.ledger.sales), world.ledger.count("buyback")) == (1, 1)
    assert sell_button(world, hers) == ("Sold", False)
    assert sell_button(world, his) == ("Sell", True)
