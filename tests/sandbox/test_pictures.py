"""Pictures of cards and packs: real PNGs of the promised size, each its own."""

from __future__ import annotations

import io

import httpx2
import pytest
from PIL import Image

from sandbox import Sandbox, catalogue
from sandbox.art import Gallery


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return Gallery(catalogue.build())


CARDS = ("diamond-classics-000", "pokemon-elite-201", "blue-line-legends-300")


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    assert len(data) < 150_000
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG"
        image.load()
        return image


def test_cards_are_different_pngs_of_one_size(gallery: Gallery):
    pictures = [gallery.picture(f"/cards/{key}.png") for key in CARDS]
    assert len(set(pictures)) == len(CARDS)
    for picture in pictures:
        assert opened(picture).size == (480, 800)
        assert opened(picture).getcolors(200) is None  # more than a flat drawing


def test_a_card_has_a_back_unless_it_says_so(gallery: Gallery):
    built = catalogue.build()
    with_back = next(card for card in built.cards.values() if card.has_back)
    without = next(card for card in built.cards.values() if not card.has_back)
    back = gallery.picture(f"/cards/{with_back.key}-back.png")
    assert opened(back).size == (480, 800)
    assert back != gallery.picture(f"/cards/{with_back.key}.png")
    assert gallery.picture(f"/cards/{without.key}-back.png") is None


def test_the_same_card_is_drawn_the_same_elsewhere(gallery: Gallery):
    path = f"/cards/{CARDS[0]}.png"
    assert Gallery(catalogue.build()).picture(path) == gallery.picture(path)


def test_packs_have_wrappers(gallery: Gallery):
    slugs = ("sandlot-starter", "pokemon-starter", "champions-of-the-world")
    pictures = [gallery.picture(f"/packs/{slug}.png") for slug in slugs]
    assert len(set(pictures)) == len(slugs)
    assert {opened(picture).size for picture in pictures} == {(480, 720)}


@pytest.mark.parametrize(
    "path", ["/", "/cards/", "/cards/none.png", "/packs/none.png", "/packs/grail-vault-back.png", "/cards/../x.png"]
)
def test_there_is_no_other_picture(gallery: Gallery, path: str):
    assert gallery.picture(path) is None


async def test_every_address_in_an_answer_leads_to_a_picture():
    sandbox = Sandbox(public_url="http://127.0.0.1:1234")
    async with httpx2.AsyncClient(transport=sandbox.transport(), headers={"X-API-Key": "sandbox-1"}) as http:
        base = "http://127.0.0.1:1234/_/api/v1"
        body = {"id": sandbox.packs["diamond-classics"].id, "amount": 1, "user_id": "u"}
        metadata = (await http.post(f"{base}/vm/buy/init", json=body)).json()["nfts"][0]["content"]["metadata"]
        pack = next(p for p in (await http.get(f"{base}/vm/available")).json() if p["claw_image_url"])
        for url in filter(None, (metadata["image"], metadata["back_image"], pack["claw_image_url"])):
            answer = await http.get(url)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
            opened(answer.content)
        assert (await http.get("http://127.0.0.1:1234/cards/none.png")).status_code == 404
