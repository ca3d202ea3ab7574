"""Orders and sales that go wrong: how they are made, and the three witnesses that each test of them hears.

The person's message, the store, and the partner's ledger must tell the same story, and it is told once.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from simcord.backend.serializers import message_payload
from sqlalchemy import select

from bot.domain.clock import DAY
from bot.domain.purchase import HELD, SPENT, State
from bot.domain.sale import CardState, SaleState
from bot.store import freezes, purchases
from bot.store.tables import cards, lanes, sales
from bot.store.tables import purchases as orders
from tests.behaviour.look import buttons, parts, texts

if TYPE_CHECKING:
    from sandbox.faults import Kind
    from tests.behaviour.conftest import World

PACK, OTHER_PACK = "sandlot-starter", "hardwood-rookies"
PRICE = 5_00
"""Of `PACK`, in cents."""
SOON = 1.0
"""Seconds after which an order or sale has left, and its first answer is drawn."""
DELIVERY = 20.0
"""Seconds after which an undisturbed order of one card has ended."""
FIRST_LOOK = 75.0
"""Seconds after which a doubt has been looked into once."""
SETTLED = 22 * 60.0
"""Seconds after which every doubt has ended: the settle time of 15 minutes, and two looks five minutes apart."""
DOUBTS: list[Kind] = [
    *("hang", "reset", "half_body", "429", "500", "504", "html_403", "redirect"),
    *("bad_json", "wrong_types", "huge"),
]
"""What may go wrong with a call so that nobody knows whether it was carried out."""
WALL = 46.0
"""Seconds after which also a call that hangs has been given up."""
UNKNOWN = {State.SUBMITTING, State.IN_DOUBT, State.REVIEW, SaleState.SUBMITTING, SaleState.IN_DOUBT}
"""What holds a lane."""


def usd(cents: int) -> str:
    return f"${cents // 100}.{cents % 100:02d}"


async def agreed(world: World, *people: Any) -> None:
    """They have ordered before."""
    for who in people or (world.alice,):
        await world.app.accounts.accept(who.id)


async def ordered(
    world: World, who: Any = None, pack: str = PACK, fault: dict[str, Any] | None = None, **options: Any
) -> Any:
    """Confirms an order, and gives the message in which it is shown, a moment later.

    The partner's `fault` begins after the question, just before Confirm.
    """
    await agreed(world, who or world.alice)
    asked = await world.ask(who, pack, **options)
    if fault is not None:
        world.partner.faults.add(**fault)
    result = await world.press(asked, "confirm", who)
    await world.after(SOON)
    return result.response


async def delivered(world: World, who: Any = None, pack: str = PACK, **options: Any) -> Any:
    """An order that went well: its message, with the cards."""
    message = await ordered(world, who, pack, **options)
    await world.after(DELIVERY)
    return message


async def question(world: World, message: Any, who: Any = None) -> Any:
    """Sell is pressed on the message's first card: the private question."""
    pressed = await world.press(world.message(message), "sell", who)
    await world.after(SOON)
    return pressed.response


async def freeze(world: World, action: str) -> None:
    """The whole bot is paused."""
    now = world.app.clock.now()
    await world.app.store.run(
        lambda conn: freezes.add(conn, scope="bot", action=action, cause="test", reason="a check", now=now)
    )


async def rows(world: World, table: Any) -> list[Any]:
    async with world.app.store.read() as conn:
        return list((await conn.execute(select(table).order_by(*table.primary_key.columns))).all())


async def newest(world: World, who: Any = None) -> Any:
    """The person's newest order, as the store has it."""
    return (await world.app.cards.recent((who or world.alice).id))[0]


async def told(
    world: World,
    message: Any,
    said: str,
    state: State,
    reason: str | None = None,
    *,
    executed: int,
    who: Any = None,
) -> Any:
    """The three witnesses of an order: its message says that, the store that, and the partner carried out so many."""
    seen = texts(world.message(message))
    assert said in seen, seen
    order = await newest(world, who)
    assert (order.state, order.reason) == (state, reason)
    bought = [p for p in world.ledger.purchases if p.user_id == order.user_id and p.pack_id == order.pack_id]
    assert len(bought) == executed
    assert ("Nothing was bought" in seen) == (state in {State.REFUSED, State.CANCELLED, State.NOT_EXECUTED})
    await once(world)
    return order


async def once(world: World) -> None:
    """What holds always: nothing is sent twice, cards are what was bought, lanes and limits hold what is open."""
    made, sold, pulled = await rows(world, orders), await rows(world, sales), await rows(world, cards)
    assert world.ledger.count("init") <= sum(order.sends for order in made)
    assert world.ledger.count("buyback") <= len(sold)
    for order in made:
        mine = [card.item_id for card in pulled if card.purchase_id == order.id]
        theirs = [p for p in world.ledger.purchases if (p.user_id, p.pack_id) == (order.user_id, order.pack_id)]
        assert len(mine) == order.cards
        if mine:
            assert any(Counter(mine) == Counter(p.item_ids) for p in theirs), "somebody else's cards"
    held = sorted(lane.purchase_id or lane.sale_id for lane in await rows(world, lanes))
    assert held == sorted(row.id for row in (*made, *sold) if row.state in UNKNOWN)
    async with world.app.store.read() as conn:
        spent = await purchases.spend(conn, world.app.clock.now() - DAY, None)
    assert spent == sum(order.total for order in made if order.state in (*HELD, *SPENT))


async def sold_as(
    world: World,
    asked: Any,
    said: str,
    state: SaleState,
    card: CardState,
    *,
    executed: int,
    reason: str | None = None,
) -> Any:
    """The three witnesses of a sale: its private message, the newest sale and its card in the store, and the ledger."""
    seen = texts(world.message(asked))
    assert said in seen, seen
    assert not buttons(world.message(asked)), "the question was answered"
    sale = (await rows(world, sales))[-1]
    (row,) = [one for one in await rows(world, cards) if one.id == sale.card_id]
    assert (sale.state, row.state) == (state, card)
    if reason is not None:
        assert sale.reason == reason
    assert len(world.ledger.sales) == executed
    await once(world)
    return sale


def sell_button(world: World, message: Any) -> tuple[str, bool]:
    """Label of the first card's Sell, and whether it can be pressed."""
    found = [part for part in parts(world.message(message)) if part.get("custom_id", "").startswith("sell:")]
    return found[0]["label"], not found[0].get("disabled", False)


async def until(world: World, message: Any, said: str, seconds: float = 30) -> None:
    """Waits until the message shows it."""
    for _ in range(round(seconds / 0.3)):
        if said in texts(world.message(message)):
            return
        await world.after(0.3)
    raise AssertionError(f"never said {said!r}, but {texts(world.message(message))}")


async def down(world: World, seconds: float) -> None:
    """The process dies, and the next one is started after that time."""
    old = world.bot
    await old.remove_cog("Messages")
    await old.app.close()
    await world.after(seconds)
    await world.env.restart_bot(world.build())


async def pressed_raw(world: World, who: Any, message: Any, custom_id: str) -> Any:
    """A press that no honest client would send: on a message that isn't shown to them, or as it no longer is."""
    stored = world.env.backend.get_message(message.channel_id, message.id)
    payload = dict(message_payload(world.env.backend, stored))
    return await who._dispatch_interaction(
        3,
        world.channel,
        {"custom_id": custom_id, "component_type": 2},
        extra={"message": payload},
        source_message_id=message.id,
    )


def answers(result: Any) -> str:
    """All that a press was answered with, in whatever message."""
    return "\n".join(texts(message) for message in (result.response, *result.followups) if message is not None)
