"""What people read when the partner fails, and when a member's cards differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.purchase import State
from bot.store import guilds
from bot.store.freezes import add as add_freeze
from bot.store.tables import freezes
from tests.behaviour.look import texts
from tests.behaviour.steps import (
    DELIVERY,
    OTHER_PACK,
    SOON,
    agreed,
    answers,
    delivered,
    newest,
    once,
    ordered,
    rows,
    told,
)

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

DOWN = "The card partner isn't answering. Nothing was bought."


async def fails(world: World) -> None:
    """Ten calls and more: people look at the packs, and each look is tried three times."""
    world.partner.down = True
    await world.after(31)
    for _ in range(4):
        await world.bob.slash(world.channel, "packs")
        await world.after(6)


async def test_nothing_is_bought_while_the_partner_fails(world: World) -> None:
    await agreed(world)
    asked = await world.ask()
    await fails(world)
    assert DOWN in answers(await world.press(asked, "confirm"))
    refused = await world.alice.slash(world.channel, "open", pack=OTHER_PACK)
    await world.after(5)  # the list of packs is asked for, in vain, before an older one will do
    assert DOWN in texts(world.message(refused.response))
    assert [row.cause for row in await rows(world, freezes)] == ["breaker"]
    assert (await world.alice.slash(world.channel, "packs")).response is not None
    await world.restart()
    assert DOWN in answers(await world.press(asked, "confirm"))
    world.partner.down = False
    await world.after(210)
    message = (await world.press(asked, "confirm")).response
    await world.after(DELIVERY)
    await told(world, message, "opened", State.DELIVERED, executed=1)


async def test_an_order_on_its_way_is_called_off(world: World) -> None:
    message = await ordered(world, fault={"route": "available", "kind": "slow", "seconds": 14})
    now = world.app.clock.now()
    await world.app.store.run(
        lambda conn: add_freeze(conn, scope="bot", action="buy", cause="breaker", reason="9 of 10 failed", now=now)
    )
    await world.after(15)
    await told(world, message, "The card partner isn't answering.", State.CANCELLED, "breaker", executed=0)
    assert world.ledger.count("init") == 0


async def test_cards_that_differ_stop_their_owner_and_are_told(world: World) -> None:
    moderators = world.guild.create_text_channel("moderators")
    await world.app.store.run(lambda conn: guilds.put_audit_channel(conn, world.guild.id, moderators.id))
    message = await delivered(world)
    user_id = (await newest(world)).user_id
    await world.after(20 * 60)
    pull = world.partner.engine.init(world.partner.packs[OTHER_PACK].id, 1, user_id).pulls[0]
    await world.after(3600)
    (notice,) = [texts(one) for one in moderators.history()]
    assert f"<@{world.alice.id}>" in notice
    assert "differs from ours" in notice
    assert pull.card.id not in notice.replace("\\", ""), "the operator is told which cards"
    assert "your cards at the partner differ" in answers(
        await world.alice.slash(world.channel, "open", pack=OTHER_PACK)
    )
    assert "your cards at the partner differ" in answers(await world.press(world.message(message), "sell"))
    world.partner.engine.pulls.remove(pull)
    await world.after(3600)
    assert "agrees with ours again" in texts(list(moderators.history())[1])
    asked = await world.press(world.message(message), "sell")
    await world.after(SOON)
    assert "Sell" in texts(asked.response)
    await once(world)
