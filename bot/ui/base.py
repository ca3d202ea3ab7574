"""The project's own view, button, select and form: they outlive a restart, and share one way of failing.

A class here says how a thing is found again; what a press does is given by the feature that owns it:

    @Sell.pressed
    async def sell(interaction: discord.Interaction[Client], card: str) -> None: ...
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import discord

from bot.ui.address import Address, Value
from bot.ui.answers import guard

if TYPE_CHECKING:
    import re
    from collections.abc import Awaitable, Callable

    Handler = Callable[..., Awaitable[None]]

H = TypeVar("H", bound="Handler")
Style = discord.ButtonStyle


class Press(discord.ui.DynamicItem[discord.ui.Button[discord.ui.LayoutView]], template="(?!)"):
    """A button. A subclass names itself and the values it carries: `class Sell(Press, name="sell", card=ID)`."""

    address: ClassVar[Address]
    handler: ClassVar[Handler]

    def __init_subclass__(cls, *, name: str, **fields: str) -> None:
        cls.address = Address(name, fields)
        super().__init_subclass__(template=cls.address.pattern)
        PRESSES.append(cls)

    def __init__(self, label: str, *, style: Style = Style.secondary, disabled: bool = False, **values: Value) -> None:
        custom_id = self.address.write(values)
        super().__init__(discord.ui.Button(label=label, style=style, disabled=disabled, custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        values: dict[str, Any] = match.groupdict()
        return cls("…", **values)

    @classmethod
    def pressed(cls, handler: H) -> H:
        """Says what a press does: called with the interaction and the values by name."""
        cls.handler = staticmethod(handler)
        return handler

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        values = self.address.read(self.custom_id) or {}
        await guard(interaction, f"button {self.address.name}", partial(self.handler, interaction, **values))


class Pick(discord.ui.DynamicItem[discord.ui.Select[discord.ui.LayoutView]], template="(?!)"):
    """A select of one option; its handler gets the chosen value as `chosen`."""

    address: ClassVar[Address]
    handler: ClassVar[Handler]

    def __init_subclass__(cls, *, name: str, **fields: str) -> None:
        cls.address = Address(name, fields)
        super().__init_subclass__(template=cls.address.pattern)
        PRESSES.append(cls)

    def __init__(self, placeholder: str, options: list[discord.SelectOption], **values: Value) -> None:
        custom_id = self.address.write(values)
        super().__init__(discord.ui.Select(placeholder=placeholder, options=options, custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        values: dict[str, Any] = match.groupdict()
        return cls("…", [], **values)

    @classmethod
    def pressed(cls, handler: H) -> H:
        """Says what a choice does."""
        cls.handler = staticmethod(handler)
        return handler

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        values = self.address.read(self.custom_id) or {}
        work = partial(self.handler, interaction, chosen=self.item.values[0], **values)
        await guard(interaction, f"select {self.address.name}", work)


class Form(discord.ui.Modal):
    """A form whose state is in its custom_id. discord.py would forget it at a restart: the client finds it here."""

    address: ClassVar[Address]
    handler: ClassVar[Handler]

    def __init_subclass__(cls, *, name: str, **fields: str) -> None:
        super().__init_subclass__()
        cls.address = Address(name, fields)
        FORMS.append(cls)

    def __init__(self, title: str, **values: Value) -> None:
        super().__init__(title=title, custom_id=self.address.write(values))

    @classmethod
    def submitted(cls, handler: H) -> H:
        """Says what a submission does: called with the interaction, the values, and the inputs by their custom_ids."""
        cls.handler = staticmethod(handler)
        return handler

    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Opens it for the person who pressed."""
        self.stop()  # a stopped form is not kept by discord.py, which would answer a submission beside us
        await interaction.response.send_modal(self)


PRESSES: list[type[Press | Pick]] = []
"""Every button and select."""
FORMS: list[type[Form]] = []
"""Every form."""
