"""The stand-in is as strict as Discord: asked directly, without a bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.wire.discord import serving
from tests.wire.model import EPHEMERAL, SEND, USUAL, V2, VIEW
from tests.wire.rules import ApiError, check_form, check_message
from tests.wire.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.wire.model import Channel, Interaction, Message

TEXT = {"type": 10, "content": "hello"}


def button(custom_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Press", "custom_id": custom_id, **more}


def row(*items: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(items)}


def section(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 9, "components": list(items), **more}


BODY = {"flags": V2, "components": [TEXT]}
BAD: dict[str, dict[str, Any]] = {
    "content beside V2": {"content": "hello"},
    "embeds beside V2": {"embeds": [{"title": "hello"}]},
    "V2 components without the flag": {"flags": 0},
    "41 components": {"components": [TEXT] * 41},
    "4,001 characters": {"components": [{"type": 10, "content": "x" * 2001}, {"type": 10, "content": "x" * 2000}]},
    "an empty text": {"components": [{"type": 10, "content": ""}]},
    "a custom_id of 101": {"components": [row(button("x" * 101))]},
    "a custom_id of none": {"components": [row(button(""))]},
    "a custom_id twice": {"components": [row(button()), {"type": 17, "components": [row(button())]}]},
    "six buttons": {"components": [row(*(button(str(n)) for n in range(6)))]},
    "an empty row": {"components": [row()]},
    "a long label": {"components": [row(button(label="x" * 81))]},
    "a section of nothing": {"components": [section(accessory=button())]},
    "a section alone": {"components": [section(TEXT)]},
    "11 pictures": {"components": [{"type": 12, "items": [{"media": {"url": "https://a.example/b.png"}}] * 11}]},
    "a picture of nothing": {"components": [{"type": 11, "media": {"url": "no address"}}]},
    "26 options": {
        "components": [
            row({"type": 3, "custom_id": "s", "options": [{"label": str(n), "value": str(n)} for n in range(26)]})
        ]
    },
    "a value twice": {
        "components": [row({"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}] * 2})]
    },
    "a long nonce": {"nonce": "x" * 26},
    "nothing": {"components": []},
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_message_is_refused(name: str):
    check_message(BODY)
    with pytest.raises(ApiError) as refused:
        check_message({**BODY, **BAD[name]})
    assert refused.value.status == 400


def test_an_edit_keeps_the_flag():
    check_message({"components": [TEXT]}, V2, new=False)
    with pytest.raises(ApiError):
        check_message({"content": "hello"}, V2, new=False)


@pytest.mark.parametrize(
    "wrong", [{"title": "x" * 46}, {"custom_id": ""}, {"components": []}, {"components": [TEXT] * 6}]
)
def test_a_bad_form_is_refused(wrong: dict[str, Any]):
    good = {"title": "How many?", "custom_id": "form", "components": [TEXT]}
    check_form(good)
    with pytest.raises(ApiError):
        check_form({**good, **wrong})


class Caller:
    """Somebody who speaks HTTP with a world, as a bot would."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self.world, self._session = world, session
        self.channel: Channel = world.channel(world.guild())
        self.alice = world.member("alice")

    async def call(self, method: str, path: str, body: Any = None, token: str = "wire") -> tuple[int, int, Any]:
        """Status, error code, body."""
        headers = {"Authorization": f"Bot {token}"}
        url = f"{self.world.url}/api/v10{path}"
        async with self._session.request(method, url, json=body, headers=headers) as response:
            assert response.headers["X-RateLimit-Remaining"]
            if response.status == 204:
                return 204, 0, None
            assert response.headers["Content-Type"] == "application/json"
            data: Any = await response.json()
            return response.status, data.get("code", 0) if response.status >= 400 else 0, data

    async def interaction(self, answer: int | None = 5, flags: int = 0) -> Interaction:
        """A command, answered so."""
        self.world.commands = [{"name": "look", "id": "1"}]
        made = await self.world.slash(self.alice, self.channel, "look", wait=False)
        if answer is not None:
            status, _, _ = await self.answer(made, answer, flags=flags)
            assert status == 200
        return made

    async def answer(self, made: Interaction, kind: int, **data: Any) -> tuple[int, int, Any]:
        path = f"/interactions/{made.id}/{made.token}/callback?with_response=true"
        return await self.call("POST", path, {"type": kind, "data": data})

    async def edit(self, made: Interaction, message: object = "@original") -> tuple[int, int]:
        path = f"/webhooks/{self.world.me.id}/{made.token}/messages/{message}"
        return (await self.call("PATCH", path, BODY))[:2]

    def post(self, **body: Any) -> Any:
        return self.call("POST", f"/channels/{self.channel.id}/messages", {**BODY, **body})

    def by_channel(self, message: Message) -> Any:
        return self.call("PATCH", f"/channels/{message.channel.id}/messages/{message.id}", BODY)


@pytest.fixture
async def caller() -> AsyncGenerator[Caller]:
    async with serving(World()) as world, aiohttp.ClientSession() as session:
        yield Caller(world, session)


async def test_an_interaction_is_answered_once(caller: Caller):
    made = await caller.interaction()
    assert (await caller.answer(made, 5))[:2] == (400, 40060)
    assert (await caller.call("POST", f"/interactions/1/{made.token}/callback", {"type": 5}))[:2] == (404, 10062)


async def test_after_three_seconds_it_is_void(caller: Caller):
    made = await caller.interaction(None)
    caller.world.clock.advance(3.1)
    assert (await caller.answer(made, 5))[:2] == (404, 10062)
    assert await caller.edit(made) == (404, 10015)


async def test_the_answer_tells_of_its_message(caller: Caller):
    made = await caller.interaction(None)
    _, _, body = await caller.answer(made, 5, flags=EPHEMERAL)
    assert body["interaction"]["response_message_id"] == str(made.message.id)
    assert (body["interaction"]["response_message_loading"], body["interaction"]["response_message_ephemeral"]) == (
        True,
        True,
    )
    assert body["resource"]["message"]["id"] == str(made.message.id)


@pytest.mark.parametrize("kind", [6, 7, 8])
async def test_a_command_has_nothing_to_edit_and_no_choices(caller: Caller, kind: int):
    made = await caller.interaction(None)
    assert (await caller.answer(made, kind, choices=[]))[:2] == (400, 50035)


async def test_a_deferral_takes_no_other_flag(caller: Caller):
    made = await caller.interaction(None)
    assert (await caller.answer(made, 5, flags=V2))[:2] == (400, 50035)


async def test_a_token_lives_fifteen_minutes_and_reaches_its_own_messages(caller: Caller):
    made, other = await caller.interaction(), await caller.interaction()
    assert await caller.edit(made) == (200, 0)
    assert await caller.edit(made, made.message.id) == (200, 0)
    assert await caller.edit(made, other.message.id) == (404, 10008)
    caller.world.clock.advance(15 * 60 - 1)
    assert await caller.edit(made) == (200, 0)
    caller.world.clock.advance(2)
    assert await caller.edit(made) == (401, 50027)


async def test_an_ephemeral_message_is_unknown_to_its_channel(caller: Caller):
    private, public = await caller.interaction(flags=EPHEMERAL), await caller.interaction()
    assert (await caller.by_channel(private.message))[:2] == (404, 10008)
    assert (await caller.by_channel(public.message))[0] == 200
    public.message.delete()
    assert (await caller.by_channel(public.message))[:2] == (404, 10008)
    assert (await caller.call("POST", "/channels/1/messages", BODY))[:2] == (404, 10003)


async def test_a_follow_up_completes_a_deferred_answer(caller: Caller):
    made = await caller.interaction()
    path = f"/webhooks/{caller.world.me.id}/{made.token}"
    first = (await caller.call("POST", path, {**BODY, "flags": V2 | EPHEMERAL}))[2]
    second = (await caller.call("POST", path, {**BODY, "flags": V2 | EPHEMERAL}))[2]
    assert first["id"] == str(made.message.id)
    assert (first["flags"] & EPHEMERAL, second["flags"] & EPHEMERAL) == (0, EPHEMERAL)
    assert [str(one.id) for one in made.followups] == [second["id"]]


async def test_a_nonce_makes_one_message_a_channel_for_some_minutes(caller: Caller):
    posts = [await caller.post(nonce="7", enforce_nonce=True) for _ in range(2)]
    assert len({body["id"] for _, _, body in posts}) == 1
    await caller.post(nonce="7")  # not enforced: a message of its own
    caller.world.clock.advance(10 * 60)
    await caller.post(nonce="7", enforce_nonce=True)
    assert len(caller.world.public(caller.channel)) == 3


async def test_permissions_and_tokens(caller: Caller):
    assert (await caller.call("GET", "/users/@me", token="another"))[0] == 401
    caller.channel.app_permissions = USUAL & ~SEND
    assert (await caller.post())[:2] == (403, 50013)
    caller.channel.app_permissions = USUAL & ~VIEW
    assert (await caller.post())[:2] == (403, 50001)


async def test_faults_are_counted_repeated_and_told(caller: Caller):
    caller.world.faults.add("503", "^POST /channels", executed=True)
    assert (await caller.post())[0] == 503
    assert len(caller.world.public(caller.channel)) == 1
    caller.world.faults.add("reset", "^POST /channels", times=None)
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await caller.post()
    caller.world.faults.clear()
    limited = caller.world.faults.add("429", share=0.5, times=None)
    statuses = [(await caller.post())[0] for _ in range(40)]
    assert 5 < statuses.count(429) == limited.hits < 35
    assert len(caller.world.public(caller.channel)) == 1 + statuses.count(200)
    assert [call.fault for call in caller.world.calls[:3]] == ["503", "reset", "reset"]
