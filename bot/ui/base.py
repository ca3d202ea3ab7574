"""The project's own view, button, select and form: they outlive a restart, and share one way of failing.

A class here says how a thing is found again; what a press does is given by the feature that owns it:

    @Sell.pressed
    async def sell(interaction: discord.Interaction[Client], card: str) -> None: ...
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

import discord

from bot.ui.address import Address, Value
from bot.ui.answers import guard, take_up

if TYPE_CHECKING:
    import re
    from collections.abc import Awaitable, Callable, Sequence

    Handler = Callable[..., Awaitable[None]]

H = TypeVar("H", bound="Handler")
T = TypeVar("T", bound=discord.ui.Item[Any])
Style = discord.ButtonStyle
Option = discord.SelectOption


class Found(discord.ui.DynamicItem[T], template="(?!)"):
    """What is found again by its custom_id. A subclass with a name is a button or select; one without is a kind."""

    address: ClassVar[Address]
    handler: ClassVar[Handler]
    orders: ClassVar[bool] = False
    """Whether a press can buy: those have a limit of their own."""

    def __init_subclass__(cls, *, name: str = "", **fields: str) -> None:
        if not name:
            super().__init_subclass__(template="(?!)")
            return
        cls.address = Address(name, fields)
        super().__init_subclass__(template=cls.address.pattern)
        PRESSES.append(cls)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        make = cast("Callable[..., Self]", cls)  # each kind begins with the text on it, and can do without the rest
        return make("…", **match.groupdict())

    @classmethod
    def pressed(cls, handler: H) -> H:
        """Says what a press or a choice does."""
        cls.handler = staticmethod(handler)
        return handler

    def choice(self) -> dict[str, Any]:
        """What its handler gets besides the values it carries."""
        return {}

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await guard(interaction, f"press {self.address.name}", partial(self._work, interaction), orders=self.orders)

    async def _work(self, interaction: discord.Interaction[Any]) -> None:
        values = (self.address.read(self.custom_id) or {}) | self.choice()
        await self.handler(interaction, **values)


class Press(Found[discord.ui.Button[discord.ui.LayoutView]]):
    """A button. A subclass names itself and the values it carries: `class Sell(Press, name="sell", card=ID)`."""

    def __init__(self, label: str, *, style: Style = Style.secondary, disabled: bool = False, **values: Value) -> None:
        custom_id = self.address.write(values)
        super().__init__(discord.ui.Button(label=label, style=style, disabled=disabled, custom_id=custom_id))


class Pick(Found[discord.ui.Select[discord.ui.LayoutView]]):
    """A select of one option; its handler gets the chosen value as `chosen`."""

    def __init__(self, placeholder: str, options: Sequence[Option] = (), **values: Value) -> None:
        custom_id = self.address.write(values)
        super().__init__(discord.ui.Select(placeholder=placeholder, options=list(options), custom_id=custom_id))

    def choice(self) -> dict[str, Any]:
        return {"chosen": self.item.values[0]}


class PickSome(Found[discord.ui.Select[discord.ui.LayoutView]]):
    """A select of one option or more; its handler gets the chosen ones as `chosen`."""

    def __init__(self, placeholder: str, options: Sequence[Option] = (), **values: Value) -> None:
        super().__init__(
            discord.ui.Select(
                placeholder=placeholder,
                options=list(options),
                max_values=max(1, len(options)),
                custom_id=self.address.write(values),
            )
        )

    def choice(self) -> dict[str, Any]:
        return {"chosen": self.item.values}


class PickChannel(Found[discord.ui.ChannelSelect[discord.ui.LayoutView]]):
    """A select of one text channel; its handler gets the channel's id as `chosen`, or None where it was cleared."""

    def __init__(self, placeholder: str, current: int | None = None, **values: Value) -> None:
        super().__init__(
            discord.ui.ChannelSelect(
                placeholder=placeholder,
                channel_types=[discord.ChannelType.text],
                default_values=[] if current is None else [discord.Object(current)],
                custom_id=self.address.write(values),
            )
        )

    def choice(self) -> dict[str, Any]:
        return {"chosen": next((channel.id for channel in self.item.values), None)}


class PickRoles(Found[discord.ui.RoleSelect[discord.ui.LayoutView]]):
    """A select of up to 25 roles; its handler gets their ids as `chosen`."""

    def __init__(
        self, placeholder: str, current: Sequence[int] = (), *, disabled: bool = False, **values: Value
    ) -> None:
        super().__init__(
            discord.ui.RoleSelect(
                placeholder=placeholder,
                min_values=0,
                max_values=25,
                default_values=[discord.Object(role) for role in current],
                disabled=disabled,
                custom_id=self.address.write(values),
            )
        )

    def choice(self) -> dict[str, Any]:
        return {"chosen": [role.id for role in self.item.values]}


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
        """Opens it for the person who pressed.

        Raises:
            Refusal: `slow`.
        """
        await take_up(interaction)
        self.stop()  # a stopped form is not kept by discord.py, which would answer a submission beside us
        await interaction.response.send_modal(self)


PRESSES: list[type[Found[Any]]] = []
"""Every button and select."""
FORMS: list[type[Form]] = []
"""Every form."""
