"""Every button, select and form is found by its custom_id, alone; and the commands are as Discord needs them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.app import App
from bot.client import Client
from bot.settings import Settings
from bot.ui import base
from bot.ui.address import CENTS, ID, NUMBER, REST, TIME

if TYPE_CHECKING:
    from pathlib import Path

import cogs.account
import cogs.cards
import cogs.messages
import cogs.opening
import cogs.operator
import cogs.orders
import cogs.packs
import cogs.settings

EXTREMES = {
    ID: ["0" * 26, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"],
    NUMBER: [0, 999_999_999],
    CENTS: [0, 1_000_000_000],
    TIME: [1_795_514_400_000],
    REST: ["", "a", "a:b:c\nd", "é" * 80, "x" * 80],
}
FEATURES = (
    *(cogs.packs, cogs.opening, cogs.cards, cogs.account, cogs.messages),
    *(cogs.orders, cogs.settings, cogs.operator),
)
HIDDEN = {
    "orders": discord.Permissions(manage_guild=True),
    "settings": discord.Permissions(manage_guild=True),
    "operator": discord.Permissions(administrator=True),
}
"""Commands that Discord shows only to who has this permission, unless the server says otherwise."""
CLASSES = [*base.PRESSES, *base.FORMS]


def samples(kind: Any) -> list[str]:
    address = kind.address
    choices = [EXTREMES[pattern] for pattern in address.fields.values()]
    return [address.write(dict(zip(address.fields, values, strict=True))) for values in itertools.product(*choices)]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_custom_id_is_read_back_and_fits(kind: Any) -> None:
    for custom_id in samples(kind):
        assert 1 <= len(custom_id) <= 100
        assert kind.address.pattern.fullmatch(custom_id)
        assert kind.address.write(kind.address.read(custom_id)) == custom_id


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_custom_id_belongs_to_one_class(kind: Any) -> None:
    for custom_id in samples(kind):
        assert [other for other in CLASSES if other.address.pattern.fullmatch(custom_id)] == [kind]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_something_happens_when_it_is_pressed(kind: Any) -> None:
    assert callable(kind.handler)


@pytest.mark.parametrize("kind", base.PRESSES, ids=lambda kind: kind.__name__)
async def test_it_is_made_again_from_its_custom_id(kind: Any) -> None:
    for custom_id in samples(kind):
        match = kind.address.pattern.fullmatch(custom_id)
        made = await kind.from_custom_id(None, None, match)
        assert made.custom_id == custom_id
        assert made.template.fullmatch(custom_id)


def test_what_does_not_fit_is_not_made() -> None:
    for kind in CLASSES:
        for field, pattern in kind.address.fields.items():
            values = {name: EXTREMES[other][0] for name, other in kind.address.fields.items()}
            with pytest.raises(ValueError, match="not a custom_id"):
                kind.address.write({**values, field: "x" * 200 if pattern == REST else "?"})


@pytest.fixture
async def client(tmp_path: Path, sqlite_url: str, request: pytest.FixtureRequest) -> Any:
    settings = Settings(
        _env_file=None,
        discord_token="t",
        partner_api_key="sandbox-key",
        database_url=sqlite_url,
        data_dir=tmp_path,
        age_restricted=getattr(request, "param", False),
    )
    made = Client(App(settings, sync="OFF"))
    synced = []

    async def sync() -> None:
        synced.append(1)

    made.tree.sync = sync
    made.synced = synced
    made._connection.application_id = 1
    await made.setup_hook()
    yield made
    for name in list(made.cogs):
        await made.remove_cog(name)
    await made.app.close()


async def test_the_commands_are_named_and_placed_as_they_should_be(client: Client) -> None:
    tree = {command.qualified_name: command for command in client.tree.walk_commands()}
    assert set(tree) == {
        *("packs", "open", "account", "account show", "account link", "account unlink", "settings"),
        *("orders", "orders open", "orders order", "operator", "operator pause", "operator unpause"),
    }
    for command in client.tree.get_commands():
        wire = command.to_dict(client.tree)
        assert wire["contexts"] == [0], "a guild"
        assert wire["integration_types"] == [0], "a guild's install"
        hidden = HIDDEN.get(command.name)
        assert wire["default_member_permissions"] == (None if hidden is None else hidden.value)
        assert wire["nsfw"] is False
    names = [option["name"] for option in tree["open"].to_dict(client.tree)["options"]]
    assert names == ["pack", "amount", "private"]


@pytest.mark.parametrize("client", [True], indirect=True)
async def test_commands_that_cost_money_are_age_restricted_where_the_operator_says_so(client: Client) -> None:
    nsfw = {command.name: command.to_dict(client.tree)["nsfw"] for command in client.tree.get_commands()}
    assert {name for name, restricted in nsfw.items() if restricted} == {"packs", "open"}


async def test_commands_are_synced_only_when_they_changed(client: Any) -> None:
    assert client.synced == [1]
    await client._sync()
    assert client.synced == [1]
    client.tree.remove_command("packs")
    await client._sync()
    assert client.synced == [1, 1]


async def test_every_class_is_registered_with_discord(client: Client) -> None:
    registered = set(client._connection._view_store._dynamic_items.values())
    assert set(base.PRESSES) <= registered
    assert client.intents == discord.Intents(guilds=True)
