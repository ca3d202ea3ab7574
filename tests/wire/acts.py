"""What people do with the bot, over the wire: a question, an order, a sale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.behaviour.look import button, texts

if TYPE_CHECKING:
    from tests.wire.model import Channel, Interaction, Member, Message
    from tests.wire.world import World

PACK, MOST = "sandlot-starter", 10
"""A pack of the sandbox, and how many of it can be opened at once."""


async def shown(message: Message, said: str, seconds: float = 10.0) -> Message:
    """The message, when it says that."""
    try:
        await message.until(lambda: said in texts(message), seconds)
    except TimeoutError:
        raise AssertionError(f"never said {said!r}, but {texts(message)!r}") from None
    return message


async def ask(world: World, who: Member, channel: Channel, pack: str = PACK, **options: Any) -> Message:
    """/open, up to the confirmation."""
    asked = await world.slash(who, channel, "open", pack=pack, **options)
    return await shown(asked.message, "Purchases are final.")


async def press(world: World, who: Member, message: Message, name: str, **how: Any) -> Interaction:
    """A press on the message's first button of that name."""
    return await world.press(who, message, button(message, name), **how)


async def confirm(world: World, who: Member, asked: Message) -> Interaction:
    """Confirms a question, and agrees to the terms where it is the first time: the interaction that ordered."""
    pressed = await press(world, who, asked, "confirm")
    if pressed.original is asked:
        pressed = await press(world, who, asked, "agree")
    return pressed


async def order(world: World, who: Member, channel: Channel, pack: str = PACK, **options: Any) -> Message:
    """The message of a new order, which shows how it stands."""
    ordered = await confirm(world, who, await ask(world, who, channel, pack, **options))
    return ordered.message


async def opened(world: World, who: Member, channel: Channel, pack: str = PACK, **options: Any) -> Message:
    """The message of an order with all its cards, to its last edit."""
    return await complete(await order(world, who, channel, pack, **options))


async def complete(message: Message, seconds: float = 15.0) -> Message:
    """The message, when it lists all the order's cards, with a button for each."""
    try:
        await message.until(lambda: any(p.get("custom_id", "").startswith("sell:") for p in message.parts()), seconds)
    except TimeoutError:
        raise AssertionError(f"never complete, but {texts(message)!r}") from None
    return message


async def revealing(world: World, who: Member, channel: Channel, amount: int = 3, **options: Any) -> Message:
    """The message of an order whose first card has just been shown; the others follow REVEAL_SECONDS apart."""
    return await shown(await order(world, who, channel, amount=amount, **options), f"1 of {amount}")
