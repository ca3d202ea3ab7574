"""Names that the partner sends and people type, made to come alive: in no view of the bot do they."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.catalogue import Card
from tests.behaviour.look import button, parts, texts
from tests.behaviour.steps import PACK, agreed, answers, question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.behaviour.conftest import World

LONG = "very long " * 400
HOSTILE = {
    "mentions": "@everyone @here <@1> <@&2> <#3> </packs:4> <t:1:R> <:x:5>",
    "markdown": "# **bold** __under__ ~~gone~~ `code` ||hidden|| > quote\n- list\n1. list\n```\nblock\n```",
    "links": "[free packs](https://evil.example/free) https://evil.example <https://evil.example> discord.gg/evil",
    "direction": "\u202egnp.exe\u202c \u2066turned\u2069 \u200fright",
    "invisible": "a\u200bb\u200dc\ufeffd\u00ade\x00f\x1b[31mg\x07",
    "marks": "Z" + "\u0351" * 2000,
    "4,000 characters": LONG,
    "all at once": "@everyone\n# [**x**](https://evil.example)\u202e<@1>\x1b[2J" + LONG,
}
ALIVE = ("@everyone", "@here", "](http", "https://evil", "**bold", "__under", "~~gone", "||hidden", "```", "\n- list")


def shown(world: World) -> Iterator[dict[str, Any]]:
    """Every component of every message, private ones too."""
    for channel in world.env.backend.messages.values():
        for message in channel.values():
            yield from parts(message)


def check(world: World, values: list[str]) -> int:
    """Nothing is alive; the number of texts that were looked at."""
    looked = 0
    people = {str(who.id) for who in (world.alice, world.bob)}
    for part in shown(world):
        if part["type"] == 10:
            said = part["content"]
            looked += 1
            assert not [alive for alive in ALIVE if alive in said], said
            bare = re.sub(r"\\.", "", said)
            assert set(re.findall(r"<@!?&?(\d+)>", bare)) <= people, said
            assert not re.search(r"<#|</|<:|<t:1:", bare), said
            assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u200f\ufeff\x00\x07\x1b]", said), said
            assert not re.search(r"\u0351{3}", said), said
            assert len(said) <= 4000
        values += [str(part.get(key) or "") for key in ("label", "placeholder", "description")]
        values += [str(option[key]) for option in part.get("options") or () for key in ("label", "description")]
        values += [item.get("description") or "" for item in part.get("items") or () if part["type"] == 12]
    for plain in values:
        assert not any(unicodedata.category(char)[0] == "C" for char in plain), plain
        assert len(plain) <= 300
    return looked


@pytest.mark.parametrize("kind", HOSTILE)
async def test_what_the_partner_calls_things_does_not_come_alive(
    world: World, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HOSTILE[kind]
    for slug in world.partner.packs:
        world.partner.change(slug, name=f"{text} {slug}", description=text, category=text)
    monkeypatch.setattr(Card, "name", property(lambda card: text))
    traits = [{"trait_type": text, "value": text}, {"trait_type": "Grader", "value": text}]
    monkeypatch.setattr(Card, "attributes", lambda card: traits)
    await agreed(world)
    alice, channel = world.alice, world.channel
    choices = await alice.autocomplete(channel, "open", "pack", "")
    page = (await alice.slash(channel, "packs")).response
    (select,) = (part for part in parts(page) if part["type"] == 3)
    await alice.select(page, [select["options"][2]["value"]], custom_id=select["custom_id"])
    asked = await world.ask(pack=choices[0]["value"])
    looked = check(world, [choice["name"] for choice in choices])
    await world.press(asked, "confirm")
    for _ in range(6):
        await world.after(4)
        looked = check(world, [])
    (message,) = world.public()
    await world.press(message, "back")
    sale = await question(world, message)
    check(world, [])
    await world.press(sale, "sellnow")
    await world.after(30)
    assert "recorded" in texts(world.message(sale))
    await alice.slash(channel, "account show")
    assert check(world, []) > looked


@pytest.mark.parametrize("kind", HOSTILE)
async def test_what_people_type_does_not_come_alive(world: World, kind: str) -> None:
    text = f"zq{HOSTILE[kind]}"
    assert "No pack is called" in texts(await world.ask(pack=text))
    assert "No pack matches" in answers(await world.alice.slash(world.channel, "packs", search=text[:60]))
    assert "nothing to link" in answers(await world.alice.slash(world.channel, "account link", code=text))
    assert await world.alice.autocomplete(world.channel, "open", "pack", text[:90]) == []
    assert check(world, []) == 3


@pytest.mark.parametrize("pack", [PACK, "world-strikers"])
async def test_the_catalogue_of_the_sandbox_has_such_a_name(world: World, pack: str) -> None:
    asked = await world.ask(pack=pack)
    assert button(asked, "confirm")
    check(world, [])
