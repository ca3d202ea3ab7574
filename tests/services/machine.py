"""What the state machine drives and looks at: members, a partner that notes whose order it carried out, the rows."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.app import App
from bot.domain.clock import DAY, HOUR
from bot.domain.purchase import BOUGHT_NOTHING, HELD, SPENT, State
from bot.domain.sale import OPEN, CardState, SaleState
from bot.errors import Refusal
from bot.services.differences import CAUSE
from bot.services.place import Place, Reply
from bot.services.timing import Timing
from bot.settings import Settings
from bot.store import freezes
from bot.store.tables import metadata, purchase_steps
from sandbox import Sandbox
from tests.services.conftest import LIVE
from tests.services.noting import Naming, Noted
from tests.virtual import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable
    from pathlib import Path

    from sandbox.engine import Pull

GIVE_UP = 3 * HOUR
"""Instead of a day, which takes its time also in virtual time."""
MEMBERS = (101, 102)
GUILD, CHANNEL = 11, 12
PLACE = Place(GUILD, CHANNEL, age_restricted=False)
SLUGS = ("soccer-sprint", "sandlot-starter")
STOCK = 4
"""So few cards has each pack that what was sold is soon pulled again."""
UNKNOWN = {State.SUBMITTING, State.IN_DOUBT, State.REVIEW, SaleState.SUBMITTING, SaleState.IN_DOUBT}
SETTLE = Timing().settle
EXPECTED_ERRORS = ("the partner is failing",)


class Errors(logging.Handler):
    """What went wrong where nobody waits for it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if not text.startswith(EXPECTED_ERRORS):
            self.seen.append(text)

    def of_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A refusal that nobody waits for any more, since whoever asked is gone, is none."""
        if not isinstance(context.get("exception"), Refusal):
            self.seen.append(f"{context['message']}: {context.get('exception')!r}")


class Rows(NamedTuple):
    """The store, read past the bot."""

    purchases: list[sqlite3.Row]
    cards: list[sqlite3.Row]
    sales: list[sqlite3.Row]
    lanes: list[sqlite3.Row]
    freezes: list[sqlite3.Row]
    reopened: set[str]
    """Purchases that had been given up for not carried out."""


class Scene:
    """One partner, one database, one bot at a time."""

    def __init__(self, path: Path, limit: int | None) -> None:
        self._values: dict[str, Any] = {
            "discord_token": "a-token",
            **LIVE,
            "database_url": f"sqlite+aiosqlite:///{path}",
            "data_dir": path.parent,
            **({} if limit is None else {"daily_spend_limit": str(limit // 100)}),
        }
        self.limit = limit
        self.clock = VirtualClock()
        self.partner = Sandbox(temperament="production", clock=self.clock)
        for slug in SLUGS:
            self.partner.keep_only(slug, STOCK)
        self.bought, self.sold = Noted(), Noted()
        self.partner.ledger.purchases, self.partner.ledger.sales = self.bought, self.sold
        self._sql = sqlite3.connect(path, isolation_level=None)
        self._sql.row_factory = sqlite3.Row
        self.empty()
        self.app = self._build()
        self.confirmations: list[tuple[str, int]] = []
        self._messages = 1000

    def empty(self) -> None:
        for table in reversed(metadata.sorted_tables):
            if table is not purchase_steps:
                self._sql.execute(f"DELETE FROM {table.name}")

    def close_database(self) -> None:
        self._sql.close()

    def _build(self) -> App:
        settings = Settings(_env_file=None, **self._values)
        transport = Naming(self.partner.transport())
        return App(settings, clock=self.clock, transport=transport, timing=Timing(give_up=GIVE_UP), sync="OFF")

    async def start(self) -> None:
        await self.app.start()
        await self.app.resume()

    async def restart(self) -> None:
        """The process ends where it stands, and another begins."""
        await self.app.close()
        self.app = self._build()
        await self.start()

    def pack_id(self, slug: str) -> str:
        return self.partner.packs[slug].id

    # -- what people do

    async def offer(self, who: int, slug: str, amount: int) -> str | None:
        await self.app.accounts.accept(who)
        try:
            offer = await self.app.opening.offer(who, PLACE, self.pack_id(slug), amount, private=False)
        except Refusal:
            return None
        self.confirmations.append((offer.confirmation.id, who))
        return offer.confirmation.id

    async def confirm(self, confirmation_id: str, who: int) -> None:
        await self.app.opening.confirm(confirmation_id, who, self._reply())

    async def sell(self, card_id: str, who: int) -> None:
        price = (await self.app.offers.quote(card_id, who, GUILD)).price
        await self.app.sales.sell(card_id, who, GUILD, price, self._reply())

    async def at_once(self, work: Iterable[Coroutine[Any, Any, None]], turns: int | None, seconds: float) -> None:
        """All of it together. After `turns` of the loop the process dies; else that many seconds pass."""
        tasks = [asyncio.create_task(one) for one in work]
        if turns is None:
            await asyncio.sleep(seconds)
        else:
            for _ in range(turns):
                await asyncio.sleep(0)
        left = [task for task in tasks if not task.done()]
        for task in left:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception) and not isinstance(result, Refusal):
                raise result
        if turns is not None:
            await self.restart()

    def _reply(self) -> Reply:
        self._messages += 1
        return Reply(CHANNEL, self._messages, "token", self.clock.now() + 900_000, private=False)

    async def freeze(self, scope: str, action: str, seconds: int) -> None:
        now = self.clock.now()
        await self.app.store.run(
            lambda conn: freezes.add(
                conn, scope=scope, action=action, cause="test", reason="test", now=now, ends_at=now + seconds * 1000
            )
        )

    # -- what must hold

    def rows(self) -> Rows:
        def read(statement: str) -> list[sqlite3.Row]:
            return self._sql.execute(statement).fetchall()

        return Rows(
            read("SELECT * FROM purchases"),
            read("SELECT * FROM cards"),
            read("SELECT * FROM sales"),
            read("SELECT * FROM lanes"),
            read("SELECT * FROM freezes"),
            {row[0] for row in read("SELECT purchase_id FROM purchase_events WHERE from_state = 'NOT_EXECUTED'")},
        )

    def pulls(self) -> list[Pull]:
        return self.partner.engine.pulls

    def check(self) -> Rows:
        """All that holds at any moment."""
        rows = self.rows()
        self._check_ledger(rows)
        self._check_cards(rows)
        self._check_lanes(rows)
        self._check_limit(rows)
        self._check_sweep(rows)
        return rows

    def _check_ledger(self, rows: Rows) -> None:
        bought = Counter(one.subject for one in self.bought.executed)
        sold = Counter(one.subject for one in self.sold.executed)
        assert not [one for one, times in (bought + sold).items() if times > 1], "carried out twice"
        assert self.partner.ledger.count("init") <= sum(row["sends"] for row in rows.purchases)
        assert self.partner.ledger.count("buyback") <= len(rows.sales)
        by_id = {row["id"]: row for row in rows.purchases}
        for subject, what in self.bought.executed:
            row = by_id[subject]
            assert row["state"] not in {State.RESERVED, State.REFUSED, State.CANCELLED}, dict(row)
            assert (row["user_id"], row["pack_id"], row["amount"]) == (what.user_id, what.pack_id, what.amount)
        carried_out = dict(self.bought.executed)
        for row in rows.purchases:
            cards = sorted(card["item_id"] for card in rows.cards if card["purchase_id"] == row["id"])
            assert len(cards) == row["cards"]
            if row["state"] == State.DELIVERED:
                assert cards == sorted(carried_out[row["id"]].item_ids), dict(row)
            else:
                assert cards == [], dict(row)
        self._check_sales(rows)

    def _check_sales(self, rows: Rows) -> None:
        cards = {row["id"]: row for row in rows.cards}
        carried_out = dict(self.sold.executed)
        by_id = {row["id"]: row for row in rows.sales}
        for subject, what in self.sold.executed:
            card = cards[by_id[subject]["card_id"]]
            assert (card["user_id"], card["item_id"]) == (what.user_id, what.item_id), "another's card was sold"
        for row in rows.sales:
            executed = carried_out.get(row["id"])
            if row["state"] == SaleState.SOLD:
                assert executed is not None, dict(row)
                assert row["amount"] in {None, executed.amount_cents}
            elif row["state"] in {SaleState.NOT_SOLD, SaleState.GONE}:
                assert executed is None, dict(row)

    def _check_cards(self, rows: Rows) -> None:
        """What a card claims is there, unless a sale is under way; and no two claim the same."""
        there = Counter((pull.user_id, pull.card.id, pull.purchased_at) for pull in self.pulls())
        anytime = Counter((pull.user_id, pull.card.id) for pull in self.pulls())
        claims = Counter(
            (row["user_id"], row["item_id"], row["purchased_at"])
            for row in rows.cards
            if row["state"] in OPEN and row["purchased_at"] is not None
        )
        assert not claims or max(claims.values()) == 1, "two cards claim one pull"
        for row in rows.cards:
            pull = (row["user_id"], row["item_id"], row["purchased_at"])
            if row["state"] == CardState.HELD:
                assert there[pull] if row["purchased_at"] is not None else anytime[pull[:2]], dict(row)
            elif row["state"] in {CardState.SOLD, CardState.GONE}:
                assert row["purchased_at"] is None or not there[pull], dict(row)
            sold_for = row["sold_for"]
            assert sold_for is None or sold_for >= 0

    @staticmethod
    def _check_lanes(rows: Rows) -> None:
        unknown = {row["id"]: row for row in (*rows.purchases, *rows.sales) if row["state"] in UNKNOWN}
        held = [lane["purchase_id"] or lane["sale_id"] for lane in rows.lanes]
        taken = {(lane["user_id"], lane["pack_id"]) for lane in rows.lanes}
        assert set(held) <= unknown.keys(), "a lane of somebody whose outcome is known"
        for id_, row in unknown.items():
            # A review that came while another had the lane does without.
            elsewhere = row["state"] == State.REVIEW and (row["user_id"], row["pack_id"]) in taken
            assert id_ in held or elsewhere, dict(row)

    def _check_limit(self, rows: Rows) -> None:
        if self.limit is None:
            return
        since = self.clock.now() - DAY
        counted = [
            row["total"]
            for row in rows.purchases
            if row["id"] not in rows.reopened
            and (row["state"] in HELD or (row["state"] in SPENT and row["created_at"] > since))
        ]
        assert sum(counted) <= self.limit, "more is spent than may be"

    def _check_sweep(self, rows: Rows) -> None:
        """It stops only members of whose cards the partner shows some too late."""
        late = {pull.user_id for pull in self.partner.engine.feed if pull.visible_at - pull.purchased_at > SETTLE}
        scopes = {f"member:{row['discord_id']}" for row in rows.purchases if row["user_id"] in late}
        found = [dict(row) for row in _of_sweep(rows) if row["scope"] not in scopes]
        assert not found, f"the sweep found a difference: {found}"

    def stopped(self) -> list[str]:
        """Members whom the sweep has stopped."""
        return [row["scope"] for row in _of_sweep(self.rows()) if row["lifted_at"] is None]

    def unfinished(self) -> list[str]:
        """What has not come to its right end yet."""
        rows = self.rows()
        waiting = {State.RESERVED, State.SUBMITTING, State.ACCEPTED, State.IN_DOUBT}
        left = [row["id"] for row in rows.purchases if row["state"] in waiting and not self._behind_a_person(row, rows)]
        left += [row["id"] for row in rows.sales if row["state"] in {SaleState.SUBMITTING, SaleState.IN_DOUBT}]
        carried_out = {subject for subject, _ in self.bought.executed}
        return left + [r["id"] for r in rows.purchases if r["id"] in carried_out and r["state"] in BOUGHT_NOTHING]

    @staticmethod
    def _behind_a_person(row: Any, rows: Any) -> bool:
        """Its session has failed, and its lane is held by an order that a person has to settle first."""
        return row["state"] == State.ACCEPTED and any(
            (other["user_id"], other["pack_id"], other["state"]) == (row["user_id"], row["pack_id"], State.REVIEW)
            for other in rows.purchases
        )

    def check_the_end(self) -> None:
        """Everything has ended, and our records are the partner's books."""
        rows = self.check()
        in_review = [row for row in rows.purchases if row["state"] == State.REVIEW]
        assert self.unfinished() == [], [dict(row) for row in rows.purchases]
        if in_review:
            return
        assert self.stopped() == [], "the sweep lets go of members whose cards are there"
        held = Counter((row["user_id"], row["item_id"]) for row in rows.cards if row["state"] == CardState.HELD)
        assert held == Counter((pull.user_id, pull.card.id) for pull in self.pulls())


def _of_sweep(rows: Rows) -> list[sqlite3.Row]:
    return [row for row in rows.freezes if row["cause"] == CAUSE]
