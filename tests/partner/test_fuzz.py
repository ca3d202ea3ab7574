"""Money is exact, and no answer makes the clients crash, or say what it doesn't say."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.partner.api import PartnerReads
from bot.partner.errors import InDoubtError, PartnerError
from bot.partner.orders import PartnerOrders
from sandbox import Sandbox

from .calls import CALLS, call, calls
from .conftest import KEY, URL, FakeClock
from .mutate import Spoiled, spoil
from .test_models import PACK
from .truth import check_error, check_result


@settings(deadline=None)
@given(st.integers(0, 10_000_000_00))
async def test_money_is_exact_to_the_cent(cents: int):
    body = f'{{"success": true, "amount": {cents // 100}.{cents % 100:02d}}}'
    assert await call("sell", body) == cents


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("0.005", 1), ("0.0049999999999999", 0), ("8.425", 843), ("1.115", 112), ("70.125", 7013), ("1e2", 10000)],
)
async def test_halves_of_a_cent_go_up(amount: str, cents: int):
    """Each of them is a float that lies on the wrong side."""
    assert await call("sell", f'{{"success": true, "amount": {amount}}}') == cents


@pytest.mark.parametrize(
    "amount",
    ["-0.01", "10000000.01", "1e400", "1e99999999999999999999", "NaN", "Infinity", '"1"', "true", "[]", "null"],
)
async def test_what_is_no_amount_of_money(amount: str):
    with pytest.raises(InDoubtError):
        await call("sell", f'{{"success": true, "amount": {amount}}}')


NUMBERS = st.integers() | st.floats() | st.integers(10**30, 10**40)
SCALARS = (
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8) | st.sampled_from(["\ud800", "\0", "https://[", "#12"])
)
ANYTHING = st.recursive(
    SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=4), one), max_leaves=6
)
ATTRIBUTE = st.fixed_dictionaries({}, optional={"trait_type": ANYTHING, "value": ANYTHING}) | ANYTHING
FACE = st.fixed_dictionaries(
    {}, optional={"name": ANYTHING, "image": ANYTHING, "attributes": st.lists(ATTRIBUTE, max_size=2) | ANYTHING}
)
CARD = st.fixed_dictionaries(
    {"id": st.just("i") | ANYTHING},
    optional={
        "claw_id": st.just("p") | ANYTHING,
        "buyback_price": ANYTHING,
        "fmv": ANYTHING,
        "purchased_at": ANYTHING | st.datetimes().map(str),
        "buyback_expires_at": ANYTHING,
        "created_at": ANYTHING,
        "metadata": FACE | ANYTHING,
        "content": st.fixed_dictionaries({}, optional={"metadata": FACE | ANYTHING, "links": FACE | ANYTHING})
        | ANYTHING,
    },
)
TIER = st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "color", "lower", "upper", "weight"), ANYTHING))
LISTED = st.fixed_dictionaries(
    {},
    optional={
        **{k: st.just(v) | ANYTHING for k, v in PACK.items()},
        "rarity_distribution": st.lists(TIER | ANYTHING, max_size=2),
    },
)
ANSWERS = (
    ANYTHING
    | st.lists(LISTED, max_size=2)
    | st.lists(CARD, max_size=2)
    | CARD
    | st.fixed_dictionaries({"session_id": st.just("s") | ANYTHING}, optional={"nfts": st.lists(CARD, max_size=2)})
    | st.fixed_dictionaries({"items": st.lists(CARD, max_size=2)}, optional={"user_id": ANYTHING})
    | st.fixed_dictionaries(
        {
            "result": st.fixed_dictionaries(
                {"nfts": st.lists(CARD, max_size=2) | ANYTHING}, optional={"user_id": ANYTHING}
            )
        }
    )
    | st.fixed_dictionaries({"success": st.booleans() | ANYTHING, "amount": ANYTHING})
)


@settings(deadline=None)
@given(st.sampled_from(CALLS), ANSWERS.map(json.dumps))
@example("packs", '[{"id": "\\ud800"}]')
@example("inventory", '{"items": [{"id": "a", "claw_id": "p", "purchased_at": "0001-01-01T00:00:00+14:00"}]}')
async def test_no_json_makes_it_crash(name: str, body: str):
    try:
        got = await call(name, body)
    except PartnerError:
        return
    # Whatever is taken in can be written to a database and to the terms of a confirmation.
    repr(got).encode()
    for one in got if name in {"packs", "look"} else ():
        assert len(one.terms()) < 100_000


ROUTES = {
    "available": ("packs", "look"),
    "init": ("buy",),
    "status": ("status",),
    "inventory": ("inventory",),
    "buyback": ("sell",),
    "card": ("card",),
    "recent": ("recent_pulls",),
}
"""Which calls read the answers of a route."""
MANY = 10_000


async def real_answers() -> dict[str, list[bytes]]:
    """What the local partner answers on each route, in both temperaments; to the session `s` and the person `u`."""
    found: dict[str, list[bytes]] = {name: [] for name in ROUTES}
    for temperament in ("sandbox", "production"):
        partner = Sandbox(temperament=temperament, clock=FakeClock(), settle=0)  # pyright: ignore[reportArgumentType]
        async with httpx2.AsyncClient(transport=partner.transport(), headers={"X-API-Key": "sandbox-1"}) as client:

            async def ask(route: str, method: str, path: str, client: Any = client, **body: Any) -> Any:
                answer = await client.request(method, f"{URL}/api/v1/{path}", json=body or None)
                assert answer.status_code == 200
                value = answer.json()
                # Few packs and pulls: the spoiling is to hit what counts.
                found[route].append(json.dumps(value[:2] if isinstance(value, list) else value).encode())
                return value

            pack = next(iter(partner.packs.values())).id
            await ask("available", "GET", "vm/available")
            session = (await ask("init", "POST", "vm/buy/init", id=pack, amount=2, user_id="u"))["session_id"]
            await ask("status", "POST", "vm/buy/status", session_id=session)
            items = (await ask("inventory", "GET", "inventory/u"))["items"]
            await ask("inventory", "GET", "inventory/u")
            await ask("card", "GET", f"card/{items[0]['id'].replace('|', '%7C')}")
            await ask("recent", "GET", "vm/recent-pulls")
            await ask("buyback", "POST", "vm/buyback", item_id=items[0]["id"])
            found["status"] = [one.replace(session.encode(), b"s") for one in found["status"]]
    found["status"].append(b'{"status": "pending"}')
    return found


@pytest.mark.parametrize("route", ROUTES)
async def test_spoiled_answers(route: str):
    random = Random(f"{route} 1")
    real = (await real_answers())[route]
    given = Spoiled(200, {}, b"")
    clock = FakeClock()
    transport = httpx2.MockTransport(
        lambda _: httpx2.Response(given.status, headers=given.headers, stream=httpx2.ByteStream(given.body))
    )
    reads = PartnerReads(URL, KEY, clock, transport=transport, rate=1e9, poll_rate=1e9)
    orders = PartnerOrders(URL, KEY, clock, transport=transport)
    outcomes: set[str] = set()
    for number in range(MANY):
        given = spoil(random, real)
        name = ROUTES[route][number % len(ROUTES[route])]
        try:
            try:
                got = await calls(reads, orders, clock)[name]()
            except PartnerError as error:
                check_error(name, error, given)
                outcomes.add(type(error).__name__)
            else:
                check_result(name, got, given)
                outcomes.add(type(got).__name__)
        except BaseException as error:
            error.add_note(f"{route}, number {number}: {given.status} {given.headers} {given.body[:2000]!r}")
            raise
    assert len(outcomes) > 3, outcomes
