"""/packs and /open, all the way to the cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.behaviour.look import button, buttons, pictures, texts

if TYPE_CHECKING:
    from tests.behaviour.conftest import World


async def test_the_whole_way(world: World) -> None:
    asked = await world.ask(amount=2)
    print(texts(asked), buttons(asked).keys())
    result = await world.order(amount=2)
    seen = [texts(world.message(result.response))]
    for _ in range(40):
        await world.after(0.5)
        seen.append(texts(world.message(result.response)))
    print(*dict.fromkeys(seen), sep="\n |")
    print(buttons(world.message(result.response)))
    assert len(world.ledger.purchases) == 1
