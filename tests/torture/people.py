"""What people do, each button twice, with a bot that can be gone at any moment."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.behaviour.look import parts, texts

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from typing import Any

    from tests.wire.model import Channel, Interaction, Member, Message
    from tests.wire.world import World

ENDED = ("Nothing was bought", "A person has to look")
PATIENCE = 2.0
"""Seconds that most wait for an answer before they do something else."""


def found(message: Message, name: str) -> list[str]:
    """The custom_ids of its buttons of that name which can be pressed."""
    ids = [part["custom_id"] for part in parts(message) if part.get("custom_id") and not part.get("disabled")]
    return [one for one in ids if one.split(":")[0] == name] if not message.deleted else []


def ended(message: Message) -> bool:
    """Whether an order's message shows its end."""
    shows = any(part.get("custom_id", "").startswith("sell:") for part in parts(message))
    return message.deleted or shows or any(said in texts(message) for said in ENDED)


class Person:
    """One member in one channel. `answered`: seconds until the first answers to what they did."""

    def __init__(
        self, world: World, member: Member, channel: Channel, packs: tuple[str, ...], dice: random.Random
    ) -> None:
        self._world, self.member, self.channel, self.packs, self._dice = world, member, channel, packs, dice
        self.patience = PATIENCE
        self.favourite = dice.choice(packs)
        self.said = ""
        """What the last /open was answered with."""
        self.orders: list[Message] = []
        self.answered: list[float] = []
        self.unanswered = 0

    async def live(self) -> None:
        """Buys and sells until it is cancelled. Who has many cards sells some."""
        while True:
            await self._world.until(self._served, 60)
            if self._dice.random() < (0.6 if self._for_sale() else 0.0):
                await self.sell()
            else:
                await self.buy(self._dice.choice(self.packs), self._dice.choice((1, 1, 2, 3)))
            await asyncio.sleep(self._dice.uniform(0, 0.3))

    async def buy(
        self, pack: str, amount: int, *, private: bool = False, wait: float = 5.0, then: Callable[[], object] = bool
    ) -> list[Message]:
        """Orders, pressing twice; the messages in which something may be shown, or nothing where nobody answered.

        `then` is called between the question and the answer.
        """
        asked = await self._world.slash(
            self.member, self.channel, "open", pack=pack, amount=amount, private=private, wait=False
        )
        if not await self._heard([asked]):
            return []
        await self._until(asked.message, lambda: texts(asked.message))
        self.said = texts(asked.message)
        if found(asked.message, "confirm"):
            then()
        pressed = await self.twice(asked.message, "confirm")
        if await self._until(asked.message, lambda: found(asked.message, "agree"), 0.0 if self.orders else 1.0):
            pressed = await self.twice(asked.message, "agree")
        shown = [one.original for one in pressed if one.original is not None and one.original is not asked.message]
        self.orders += shown
        for message in shown:
            await self._until(message, lambda message=message: ended(message), wait)
        return shown

    async def insist(self, pack: str, until: str) -> None:
        """Orders one until an order's message shows its end, or the answer says `until`; the next try is never soon."""
        pause = 1.0
        while not any(ended(message) for message in self.orders if not message.deleted):
            await self.buy(pack, 1, wait=60.0)
            if until in self.said:
                return
            await asyncio.sleep(self._dice.uniform(0, pause))
            pause = min(2 * pause, 30.0)

    async def sell(self, wait: float = PATIENCE) -> list[Message]:
        """Sells a card, if there is one, pressing twice at each step; the questions it was asked."""
        cards = self._for_sale()
        if not cards:
            return []
        message = self._dice.choice(cards)
        pressed = await self.twice(message, "sell")
        questions = [one.original for one in pressed if one.original is not None]
        answered: list[Message] = []
        for question in questions:
            if await self._until(question, lambda question=question: found(question, "sellnow")):
                answered.append(question)
                await self.twice(question, "sellnow")
        for question in answered:
            await self._until(question, lambda question=question: _answered(question), wait)
        return answered

    def _served(self) -> bool:
        """Whether a bot would hear them."""
        return any(session.holds(self.channel.guild) for session in self._world.gateway.live())

    async def _until(self, watched: Any, test: Callable[[], object], seconds: float | None = None) -> bool:
        """Waits for it, but not for a bot that is gone."""
        end = time.monotonic() + (self.patience if seconds is None else seconds)
        while not test() and self._served() and time.monotonic() < end:
            with suppress(TimeoutError):
                await watched.until(test, 0.3)
        return bool(test())

    def _for_sale(self) -> list[Message]:
        return [message for message in self.orders if found(message, "sell")]

    async def twice(self, message: Message, name: str) -> list[Interaction]:
        """Two presses on one of its buttons, which may arrive twice, also where they don't belong."""
        ids = found(message, name)
        if not ids:
            return []
        id_ = self._dice.choice(ids)
        sent = [await self._world.press(self.member, message, id_, wait=False) for _ in range(2)]
        if self._dice.random() < 0.2:
            self._world.replay(sent[0])
        if self._dice.random() < 0.1:
            for session in self._world.gateway.sessions:
                session.dispatch("INTERACTION_CREATE", sent[1].payload)
        await self._heard(sent)
        return sent

    async def _heard(self, sent: list[Interaction]) -> bool:
        """Whether there is an answer to one of them."""
        began = time.monotonic()

        async def one(interaction: Interaction) -> bool:
            if not await self._until(interaction, lambda: interaction.answer or interaction.refused):
                self.unanswered += 1
                return False
            if interaction.answer is not None:
                self.answered.append(time.monotonic() - began)
            return interaction.original is not None

        return any(await asyncio.gather(*map(one, sent)))


def _answered(question: Message) -> bool:
    """Whether it shows what became of the sale, or why there is none."""
    return not found(question, "sellnow") and "Selling" not in texts(question)
