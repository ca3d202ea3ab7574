"""Links between Discord accounts and the partner's ids: each proved, each used once, one to one."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.clock import DAY, MINUTE
from bot.domain.codes import make_code
from bot.domain.purchase import State
from bot.store import accounts
from tests.services.conftest import ALICE, BOB, SETTLED, World, both, meeting, refusal, refused

if TYPE_CHECKING:
    from bot.store.accounts import Account, LinkOffer

SECRET = "s" * 40
LINKED = {"account_mode": "linked", "link_secret": SECRET}
_nonces = itertools.count(1)
CAROL = 103


@pytest.fixture
def overrides() -> dict[str, Any]:
    return LINKED


def code(world: World, user_id: str, **values: Any) -> str:
    claims = {"expires_at": world.clock.now() + 5 * MINUTE, "nonce": f"nonce-{next(_nonces):06}", **values}
    return make_code(
        values.pop("secret", SECRET).encode(), **{k: v for k, v in claims.items() if k != "secret"}, user_id=user_id
    )


async def offered(world: World, who: int, user_id: str, **values: Any) -> LinkOffer:
    return await world.app.accounts.offer_link(who, code(world, user_id, **values))


async def linked(world: World, who: int, user_id: str = "member-1") -> Account:
    return await world.app.accounts.link((await offered(world, who, user_id)).id, who)


async def test_a_code_links_after_its_person_said_yes(world: World):
    links = world.app.accounts
    offer = await offered(world, ALICE, "member-1", discord_id=ALICE)
    assert (offer.user_id, offer.discord_id) == ("member-1", ALICE)
    assert await links.of(ALICE) is None
    made = await links.link(offer.id, ALICE)
    assert (made.discord_id, made.user_id, made.origin, made.sell_from) == (ALICE, "member-1", "linked", None)
    assert await links.of(ALICE) == made
    end = await world.ended(await world.order())
    assert (end.state, end.user_id) == (State.DELIVERED, "member-1")


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"secret": "t" * 40}, "code_wrong"),
        ({"purpose": "login"}, "code_purpose"),
        ({"discord_id": BOB}, "code_other_person"),
        ({"expires_at": 1}, "code_expired"),
    ],
)
async def test_a_bad_code_offers_nothing(world: World, values: dict[str, Any], name: str):
    assert await refused(offered(world, ALICE, "member-1", **values)) == name
    assert await refused(world.app.accounts.offer_link(ALICE, "member-1")) == "code_wrong"


async def test_a_code_is_used_once(world: World):
    text = code(world, "member-1")
    offer = await world.app.accounts.offer_link(ALICE, text)
    await world.app.accounts.link(offer.id, ALICE)
    await world.app.accounts.unlink(ALICE)
    assert await refused(world.app.accounts.offer_link(BOB, text)) == "code_used"
    assert await refused(world.app.accounts.link(offer.id, ALICE)) == "code_used"


async def test_an_offer_is_its_persons_and_ends(world: World):
    offer = await offered(world, ALICE, "member-1")
    assert await refused(world.app.accounts.link(offer.id, BOB)) == "not_yours"
    assert await refused(world.app.accounts.link("0" * 26, ALICE)) == "offer_gone"
    await asyncio.sleep(5 * 60)
    told = await refusal(world.app.accounts.link(offer.id, ALICE))
    assert (told.name, told.values) == ("code_expired", {"expired_at": offer.expires_at})
    long = await offered(world, ALICE, "member-1", expires_at=world.clock.now() + DAY)
    assert long.expires_at == world.clock.now() + 10 * MINUTE


async def test_one_account_one_id(world: World):
    for_bob = await offered(world, BOB, "member-1")
    another = await offered(world, ALICE, "member-2")
    await linked(world, ALICE)
    told = await refusal(offered(world, ALICE, "member-2"))
    assert (told.name, told.values) == ("already_linked", {"user": "member-1"})
    assert await refused(offered(world, BOB, "member-1")) == "id_taken"
    # Also when the offer is older than the link; and the code isn't lost by it.
    assert await refused(world.app.accounts.link(for_bob.id, BOB)) == "id_taken"
    assert await refused(world.app.accounts.link(another.id, ALICE)) == "already_linked"
    assert (await world.app.accounts.link((await offered(world, BOB, "member-2")).id, BOB)).user_id == "member-2"


async def test_the_same_code_at_once(world: World):
    text = code(world, "member-1")
    offers = [await world.app.accounts.offer_link(who, text) for who in range(1, 9)]
    made, names = await both(*(world.app.accounts.link(offer.id, offer.discord_id) for offer in offers))
    assert len(made) == 1
    assert names == ["code_used"] * 7


async def test_the_same_id_at_once(world: World):
    offers = [await offered(world, who, "member-1") for who in range(1, 9)]
    made, names = await both(*(world.app.accounts.link(offer.id, offer.discord_id) for offer in offers))
    assert len(made) == 1
    assert names == ["id_taken"] * 7


async def test_one_person_with_two_codes_at_once(world: World):
    offers = [await offered(world, ALICE, f"member-{n}") for n in range(8)]
    made, names = await both(*(world.app.accounts.link(offer.id, ALICE) for offer in offers))
    assert len(made) == 1
    assert names == ["already_linked"] * 7
    assert await world.app.accounts.of(ALICE) == made[0]


@pytest.mark.parametrize(("who", "user_id"), [(ALICE, "member-2"), (BOB, "member-1"), (ALICE, "member-1")])
async def test_after_a_link_anew_selling_waits_a_day(world: World, who: int, user_id: str):
    await linked(world, ALICE)
    await world.app.accounts.unlink(ALICE)
    again = await linked(world, who, user_id)
    assert again.sell_from == world.clock.now() + DAY
    card = await world.card(who)
    told = await refusal(world.price(card, who))
    assert (told.name, told.values) == ("cool_down", {"until_at": again.sell_from})
    assert await refused(world.sell(card, who, quoted=1)) == "cool_down"
    assert world.ledger.count("buyback") == 0
    await asyncio.sleep(DAY / 1000)
    assert (await world.sell(card, who)).sale.amount is not None


async def test_without_a_link_nothing_is_opened_or_unlinked(world: World):
    assert await refused(world.offer()) == "not_linked"
    assert await refused(world.app.accounts.unlink(ALICE)) == "not_linked"


async def test_an_unlink_before_the_confirmation_stops_it(world: World):
    await linked(world, ALICE)
    offer = await world.offer()
    await world.app.accounts.unlink(ALICE)
    assert await refused(world.confirm(offer)) == "not_linked"


async def test_who_is_linked_now_may_press_on_older_cards(world: World):
    await linked(world, ALICE)
    card = await world.card()
    await world.app.accounts.unlink(ALICE)
    assert await refused(world.price(card)) == "not_your_card"
    await linked(world, BOB)
    told = await refusal(world.price(card))
    assert (told.name, told.values) == ("not_your_card", {"owner_id": BOB})
    await asyncio.sleep(DAY / 1000)
    assert (await world.sell(card, BOB)).sale.discord_id == BOB


async def test_an_old_question_does_not_take_a_newer_link_away(world: World):
    first = await linked(world, ALICE)
    await world.app.accounts.unlink(ALICE, first.linked_at)
    await asyncio.sleep(1)
    second = await linked(world, ALICE, "member-2")
    assert await refused(world.app.accounts.unlink(ALICE, first.linked_at)) == "link_changed"
    assert await world.user_id() == "member-2"
    await world.app.accounts.unlink(ALICE, second.linked_at)


async def test_unlink_waits_for_what_is_unsettled(world: World):
    await linked(world, ALICE)
    offer = await world.offer()
    world.faults.add("init", "reset")
    made = await world.confirm(offer)
    for state in (State.RESERVED, State.IN_DOUBT):
        assert made.state is state
        told = await refusal(world.app.accounts.unlink(ALICE))
        assert (told.name, told.values) == ("unsettled", {"count": 1})
        made = await world.ended(made, 1)
    await asyncio.sleep(SETTLED)
    await world.app.accounts.unlink(ALICE)


async def test_unlink_waits_for_a_sale(world: World):
    await linked(world, ALICE)
    card = await world.card()
    world.faults.add("buyback", "reset")
    await world.sell(card)
    assert await refused(world.app.accounts.unlink(ALICE)) == "unsettled"
    await asyncio.sleep(SETTLED)
    await world.app.accounts.unlink(ALICE)
    assert await world.app.accounts.of(ALICE) is None


async def test_unlink_and_confirm_at_once(world: World):
    for who in range(20):
        await linked(world, who, f"member-{who}")
        offer = await world.offer(who, "soccer-sprint")
        await both(world.confirm(offer), world.app.accounts.unlink(who))
        made = await world.app.cards.recent(who)
        assert bool(made) == (await world.app.accounts.of(who) is not None)


async def test_a_sale_that_meets_an_unlink_is_refused(world: World):
    """The unlink has counted what is unsettled, and isn't committed yet."""
    mine = await linked(world, ALICE)
    card = await world.card()
    price = await world.price(card)
    await asyncio.sleep(1)
    sale = world.app.sales.sell(card.id, ALICE, 11, price, world.reply())
    now = world.clock.now()
    assert await refused(meeting(world, lambda conn: accounts.remove(conn, mine, now), sale)) == "not_your_card"
    assert world.ledger.count("buyback") == 0


@pytest.mark.parametrize("overrides", [{}])
async def test_where_the_bot_mints_ids_there_is_nothing_to_link(world: World):
    assert await refused(world.app.accounts.offer_link(ALICE, "1.a.b")) == "link_off"
    await world.order()
    made = await world.app.accounts.of(ALICE)
    assert made is not None
    assert made.origin == "generated"
    assert str(ALICE) not in made.user_id
    assert await refused(world.app.accounts.unlink(ALICE)) == "no_unlink"
    await world.order(BOB)
    assert await world.user_id(BOB) != made.user_id


@pytest.mark.parametrize("overrides", [{}])
async def test_terms_are_agreed_to_once(world: World):
    terms = world.app.accounts
    assert not await terms.accepted(ALICE)
    await asyncio.gather(*(terms.accept(ALICE) for _ in range(4)))
    assert await terms.accepted(ALICE)
    assert not await terms.accepted(BOB)
