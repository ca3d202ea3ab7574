"""The partner's JSON: each endpoint's own picture of a pack, an item, a card (partner-api, section 11)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.clock import iso

if TYPE_CHECKING:
    from sandbox.catalogue import Card, Pack
    from sandbox.engine import Pull, Session

Json = dict[str, Any]
"""JSON is what it is: the reader's models give it types, not the writer's."""


def usd(cents: int) -> float:
    """A JSON number of dollars: never more than two digits after the point."""
    return cents / 100


class Answers:
    def __init__(self, public_url: str, *, production: bool) -> None:
        self.public_url = public_url
        self.production = production

    def pack(self, pack: Pack, cards: list[Card], now: int, *, in_stock: bool) -> Json:
        values = [card.fmv for card in cards]
        return {
            "id": pack.id,
            "slug": pack.slug,
            "platform": "mainnet",
            "name": pack.name,
            "description": pack.description,
            "type": pack.type,
            "enable": pack.enable,
            "in_stock": in_stock,
            "mint_price": float(pack.mint_price),
            "max_per_mint": pack.max_per_mint,
            "categories": [pack.category],
            "category": pack.category,
            "ev": usd(_expected(pack, cards)),
            "min_ev": usd(min(values, default=0)),
            "max_ev": usd(max(values, default=0)),
            "ev_updated_at": iso(now - now % 3_600_000),
            "buyback_percent": float(pack.buyback_percent),
            "claw_image_url": f"{self.public_url}/packs/{pack.slug}.png" if pack.has_picture else "",
            "rarity_distribution": [
                {
                    "id": index,
                    "name": tier.name,
                    "color": tier.color,
                    "lower": float(tier.lower),
                    "upper": float(tier.upper),
                    **({} if tier.weight is None else {"weight": tier.weight}),
                }
                for index, tier in enumerate(pack.tiers)
            ],
            "repack": False,
        }

    def metadata(self, card: Card) -> Json:
        return {
            "name": card.name,
            "image": f"{self.public_url}/cards/{card.key}.png",
            "back_image": f"{self.public_url}/cards/{card.key}-back.png" if card.has_back else None,
            "attributes": card.attributes(),
        }

    def _item(self, pull: Pull, price: int, *, links: bool) -> Json:
        card, metadata = pull.card, self.metadata(pull.card)
        content: Json = {"metadata": metadata}
        if links:
            content["links"] = {"image": metadata["image"], "back_image": metadata["back_image"]}
        return {
            "id": card.id,
            "content": content,
            "buyback_price": usd(price),
            "type": "enft" if card.minted else "ebay",
            "mint_address": card.id if card.minted else None,
            "collection_address": pull.pack.id if card.minted else None,
            "token_standard": "MplCore" if card.minted else None,
        }

    def init(self, session: Session) -> Json:
        pulls = () if self.production else session.pulls
        return {"session_id": session.id, "nfts": [self._item(p, p.quote, links=False) for p in pulls]}

    def status(self, session: Session | None) -> Json:
        if session is None:
            return {"status": "pending"}
        result = {
            "session_id": session.id,
            "user_id": session.user_id,
            "public_id": session.public_id,
            "tx_hash": session.tx_hash,
            # The real sandbox leaves out the links here.
            "nfts": [self._item(pull, pull.quote, links=self.production) for pull in session.pulls],
        }
        return {"result": result}

    def held(self, pull: Pull, price: int) -> Json:
        """An item of an inventory."""
        return {
            **self._item(pull, price, links=True),
            "claw_id": pull.pack.id,
            "claw_slug": pull.pack.slug,
            "purchased_at": iso(pull.purchased_at),
            "buyback_expires_at": None if pull.expires_at is None else iso(pull.expires_at),
        }

    def recent(self, pull: Pull) -> Json:
        return {
            "id": pull.card.id,
            "claw_id": pull.pack.id,
            "claw_slug": pull.pack.slug,
            "value": usd(pull.card.fmv),
            "buyback_price": usd(pull.quote),
            "created_at": iso(pull.purchased_at),
            "metadata": self.metadata(pull.card),
        }

    def card(self, card: Card) -> Json:
        metadata = self.metadata(card)
        return {
            "id": card.id,
            "name": card.name,
            "image": metadata["image"],
            "back_image": metadata["back_image"],
            "fmv": usd(card.fmv),
            "metadata": metadata,
        }


def _expected(pack: Pack, cards: list[Card]) -> int:
    """Average value of a pull in cents, by the weights as far as they make sense."""
    total = weights = Decimal(0)
    for index, tier in enumerate(pack.tiers):
        values = [card.fmv for card in cards if card.tier == index]
        weight = Decimal(str(max(tier.weight or 0, 0)))
        if values:
            total += weight * sum(values) / len(values)
            weights += weight
    return round(total / weights) if weights else 0
