"""What people do so that a bot comes to a label, and what goes wrong meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.behaviour.look import texts
from tests.torture.people import found

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.torture.people import Person
    from tests.torture.run import Run
    from tests.wire.model import Message

    Scene = Callable[[Run, Person], Awaitable[None]]

LATER = 16 * 60
"""Seconds after which an interaction's token has ended."""


async def order(_run: Run, person: Person) -> None:
    await person.buy(person.favourite, 1)


async def nowhere(run: Run, person: Person) -> None:
    """The partner can't be looked at just before the order."""
    await person.buy(person.favourite, 1, then=lambda: run.partner.faults.add("available", "html_403", times=2))


async def refused(run: Run, person: Person) -> None:
    await person.buy(person.favourite, 1, then=lambda: run.partner.faults.add("init", "refuse"))


async def lost(run: Run, person: Person) -> None:
    """Carried out, and the answer never came."""
    await person.buy(person.favourite, 1, then=lambda: run.partner.faults.add("init", "reset", after=True))


async def vanished(run: Run, person: Person) -> None:
    """Never carried out, and nobody said so."""
    await person.buy(person.favourite, 1, wait=12.0, then=lambda: run.partner.faults.add("init", "reset"))


async def sale(_run: Run, person: Person) -> None:
    await person.buy(person.favourite, 1)
    await person.sell()


async def sale_expired(run: Run, person: Person) -> None:
    await person.buy(person.favourite, 1)
    run.partner.faults.add("buyback", "refuse", error=(400, "Item has expired"))
    await person.sell()


async def sale_lost(run: Run, person: Person) -> None:
    await person.buy(person.favourite, 1)
    run.partner.faults.add("buyback", "reset", after=True)
    await person.sell()


async def _revealing(run: Run, person: Person) -> list[Message]:
    """The messages of an order that shows the first of its cards."""
    for message in (shown := await person.buy(person.favourite, 3, wait=0.0)):
        await run.world.until(lambda message=message: message.deleted or "of 3" in texts(message), 10)
    return [message for message in shown if not message.deleted and not found(message, "sell")]


async def late(run: Run, person: Person) -> None:
    """The order's interaction ends while its cards are shown."""
    shown = await _revealing(run, person)
    if shown:
        run.world.clock.advance(LATER)
        await asyncio.sleep(3)


async def deleted(run: Run, person: Person) -> None:
    """Somebody deletes the order's message while its cards are shown."""
    for message in await _revealing(run, person):
        message.delete()
        await asyncio.sleep(3)


_OF: dict[str, Scene] = {
    "cancelled": nowhere,
    "refused": refused,
    "in doubt": lost,
    "not executed": vanished,
    "sale begun": sale,
    "sold": sale,
    "buyback": sale,
    "not sold": sale_expired,
    "sale in doubt": sale_lost,
    "edit by channel": late,
    "post": deleted,
}


def scene(label: str) -> Scene:
    """The one that leads to this label."""
    what = label.removeprefix("before ").removeprefix("after ").removesuffix(" sent").removesuffix(" answered")
    return _OF.get("not sent" if label.endswith("not sent") else what, order)
