"""The demo's page, as somebody at a browser meets it: which also notices when SimCord's private parts have moved."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from demo.browser import Pane, chromium, page_at, running_demo

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
NO_CHROMIUM = "Chromium isn't here, so the test of the demo's page is skipped. To run it: apt install chromium"
SOME_SECONDS = 30_000
"""Milliseconds, for an order whose answer was lost: it is looked for some seconds later."""
STATES = ("Ordering", "With the partner", "Card 1 of 3", "Card 2 of 3", "Card 3 of 3", "Sell")
RECORD = """list => {
  window.seen = [];
  new MutationObserver(() => window.seen.push(list.lastElementChild.innerText))
    .observe(list, { subtree: true, childList: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def page() -> Generator[Page]:
    if chromium() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_CHROMIUM)
    hosts: set[str | None] = set()
    with running_demo() as url, page_at(url) as page:
        page.on("request", lambda request: hosts.add(urlsplit(request.url.removeprefix("blob:")).hostname))
        yield page
    assert hosts == {"127.0.0.1"}


@pytest.fixture(autouse=True)
def fresh(page: Page) -> None:
    page.reload()


@pytest.fixture
def bob(page: Page) -> Pane:
    return Pane(page, 1)


@pytest.fixture
def alice(page: Page, bob: Pane) -> Pane:
    """Where she is, Bob is too."""
    return Pane(page, 0)


def restart(page: Page) -> None:
    """Until the panes have noticed too: what was being typed there goes with the old bot."""
    panes = page.frames[1:]
    before = [pane.evaluate("() => window.simcordPreview.botGeneration") for pane in panes]
    page.get_by_role("button", name="Restart the bot").click()
    for pane, old in zip(panes, before, strict=True):
        pane.wait_for_function("old => window.simcordPreview.botGeneration > old", arg=old)
    expect(page.locator("#bot")).to_contain_text("Bot: running · restarted")


def open_pack(who: Pane, pack: str, amount: int = 1) -> None:
    who.type("open", pack=pack, amount=str(amount))
    expect(who.message(f"Open {amount} ×")).to_contain_text("Purchases are final")
    who.press("Confirm")
    ordered = who.message("The order's own message")
    first_time = who.message("18 or older")
    expect(ordered.or_(first_time)).to_be_visible()
    if first_time.is_visible():
        who.press("I am 18")
    expect(ordered).to_be_visible()


def test_from_the_catalogue_to_a_sold_card(page: Page, alice: Pane, bob: Pane):
    alice.type("packs")
    expect(alice.message("In stock").locator("img.gallery-image")).to_have_js_property("complete", value=True)

    bob.chat.locator("#channel-message-list").evaluate(RECORD)
    open_pack(alice, "Sandlot", 3)
    pulled = bob.message("opened 3 × Sandlot Starter")
    expect(pulled.get_by_role("button", name="Sell")).to_have_count(3, timeout=SOME_SECONDS)
    seen = "\n".join(bob.chat.locator("body").evaluate("() => window.seen"))
    assert sum(state in seen for state in STATES) >= 3, seen
    assert "With the partner" in seen
    assert "18 or older" not in seen  # that was for Alice alone
    assert "The order's own message" not in seen
    for picture in pulled.locator("img.gallery-image").all():
        assert picture.evaluate("image => image.naturalWidth") > 300

    bob.press("Sell")
    expect(bob.message("can sell this card")).to_contain_text("Only @Alice")
    expect(alice.message("can sell this card")).to_have_count(0)

    alice.press("Sell")
    expect(alice.message("The partner will buy this card")).to_contain_text("Only you can see this")
    alice.press("Sell for $")
    expect(alice.message("recorded")).to_contain_text("was sold to the partner")
    expect(pulled.get_by_role("button", name=re.compile(r"Sold \$\d+\.\d\d"))).to_be_disabled()
    expect(page.locator("#books")).to_contain_text(re.compile(r"[1-9] orders?, 1 sale"))


def test_a_partner_that_is_down(page: Page, alice: Pane):
    before = page.locator("#books").inner_text()
    restart(page)  # so that it has no list of packs either
    page.get_by_role("button", name="Take it down").click()
    expect(page.locator("#partner")).to_have_text("Partner: down")
    alice.type("packs")
    expect(alice.message("can't be reached")).to_be_visible()
    assert page.locator("#books").inner_text() == before
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator("#partner")).to_have_text("Partner: up")


def test_a_lost_answer_and_a_restart_lose_neither_order_nor_button(page: Page, alice: Pane, bob: Pane):
    page.get_by_label("The next order").select_option("loses its answer")
    open_pack(alice, "Diamond Classics")
    expect(bob.message("We don't know yet")).to_contain_text("Nothing will be ordered twice")
    expect(page.get_by_label("The next order")).to_have_value("well")

    restart(page)
    pulled = bob.message("opened 1 × Diamond Classics")
    expect(pulled.get_by_role("button", name="Sell")).to_be_visible(timeout=SOME_SECONDS)

    restart(page)
    bob.press("Back of the card")
    answer = bob.messages.last
    expect(answer).to_contain_text("Only you can see this")
    expect(answer.get_by_role("img", name="Back of the card")).to_be_visible()


def test_a_moderator_settles_what_contradicts_itself(page: Page, alice: Pane, bob: Pane):
    bob.be("Mod")
    bob.section.get_by_label("Channel").select_option("# moderators")
    page.get_by_label("The next order").select_option("brings a card too many")
    open_pack(alice, "Diamond Classics")
    told = bob.message("needs a person")
    expect(told).to_contain_text("more cards came than were ordered", timeout=SOME_SECONDS)
    bob.press("Show the order")
    expect(bob.message("Settle as delivered")).to_contain_text("1 × Diamond Classics")
    bob.press("Settle as delivered, with its cards")
    bob.chat.get_by_label("Reason").fill("The partner gave one away.")
    bob.chat.get_by_role("button", name="Submit").click()
    expect(bob.message("settled order")).to_contain_text("The partner gave one away.")
    expect(alice.message("opened 1 × Diamond Classics").get_by_role("button", name="Sell")).to_have_count(2)


def test_nothing_overlaps_or_is_cut(page: Page, alice: Pane):
    expect(alice.messages.first).to_be_visible()
    for width, height in ((900, 700), (1600, 900), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        parts = [page.locator("header"), page.locator("#guide"), *page.locator(".pane iframe").all()]
        boxes = [box for part in parts if (box := part.bounding_box())]
        assert len(boxes) == 4
        for index, one in enumerate(boxes):
            assert min(one["x"], one["y"]) >= 0
            assert one["x"] + one["width"] <= width
            assert one["y"] + one["height"] <= height
            assert one["width"] > 200
            for other in boxes[index + 1 :]:
                beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
                above = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
                assert beside or above


def test_the_moderator_has_a_channel_more(page: Page, alice: Pane, bob: Pane):
    assert page.locator("select.where").count() == 0
    bob.be("Mod")
    bob.section.get_by_label("Channel").select_option("# moderators")
    expect(bob.message("for moderators")).to_be_visible()
    expect(alice.message("Welcome to Card Club")).to_be_visible()
    expect(alice.message("for moderators")).to_have_count(0)
