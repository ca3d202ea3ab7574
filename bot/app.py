"""The composition root: every part once, started and stopped in order."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.clock import SECOND, SystemClock
from bot.errors import SettingsError
from bot.jobs.sweeping import sweep_hourly
from bot.partner.api import PartnerReads
from bot.partner.orders import PartnerOrders
from bot.scheduler import Scheduler
from bot.services.accounts import Accounts
from bot.services.appraisal import Appraisal
from bot.services.breaker import Breaker
from bot.services.by_hand import ByHand
from bot.services.cards import Cards
from bot.services.catalogue import Catalogue
from bot.services.delivery import Delivery
from bot.services.desk import Desk
from bot.services.differences import Differences
from bot.services.door import Door
from bot.services.doors import Doors
from bot.services.guilds import Guilds
from bot.services.notices import Notices
from bot.services.offers import Offers
from bot.services.opening import Opening
from bot.services.ordering import Ordering
from bot.services.outbox import Outbox
from bot.services.pauses import Pauses
from bot.services.presence import Presence
from bot.services.purchases import Purchases
from bot.services.restored import tell_restored
from bot.services.sale_steps import SaleSteps
from bot.services.sales import Sales
from bot.services.settling import Settling
from bot.services.skew import Skew
from bot.services.steps import Steps
from bot.services.sweep import Sweep
from bot.services.timing import Timing
from bot.store.copy import COPIED_TO
from bot.store.engine import Store
from bot.store.limits import put_bot_limit
from bot.store.lock import FileLock
from bot.store.meta import Meta
from bot.store.migrate import upgrade
from bot.tasks import Tasks

if TYPE_CHECKING:
    import httpx2

    from bot.domain.clock import Clock
    from bot.partner.http import Answer
    from bot.settings import Settings

log = logging.getLogger(__name__)


class App:
    """All of the bot but Discord. `sync` is for tests: see `Store.open`."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        timing: Timing | None = None,
        sync: str = "FULL",
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        timing = timing or Timing.settling(settings.settle_seconds)
        self.tasks, self.calls, self.door = Tasks(), Tasks(), Door()
        self.store = Store.open(settings.database, sync=sync)
        self._lock = FileLock.beside(settings.database)
        self.meta = Meta(self.store)
        key, url = settings.partner_api_key, settings.partner_api_url
        self.reads = PartnerReads(url, key, self.clock, transport=transport, on_call=self._heard)
        wall = timing.wall / SECOND
        self.orders = PartnerOrders(url, key, self.clock, transport=transport, wall=wall, on_call=self._heard)
        self.presence = Presence(self.store, self.clock, timing.lease)
        worker = self.presence.worker
        self.outbox = Outbox(self.store, self.clock, worker)
        self.catalogue = Catalogue(self.reads, self.clock, self.tasks)
        self.accounts = Accounts(self.store, self.clock, settings)
        self.cards = Cards(self.store)
        notices = Notices(settings)
        self._skew = Skew(self.store, self.clock, notices, self.outbox, self.tasks, self.door)
        self.breaker = Breaker(self.store, self.clock, self.orders, notices, self.outbox, self.tasks, self.door, worker)
        doors = Doors(self.store, self.clock, settings, self.reads, self.catalogue, notices, self.outbox, timing)
        self.accounts.on_link = lambda account: self.tasks.spawn(doors.linked(account), "linked")
        differences = Differences(self.store, self.clock, settings, doors, notices, timing)
        self.sweep = Sweep(self.store, self.clock, differences, doors, self.outbox, worker)
        steps = self._steps = Steps(self.store, self.clock, self.outbox, timing, notices)
        appraisal = Appraisal(self.reads, self.catalogue)
        delivery = Delivery(self.store, self.clock, steps, self.reads, appraisal, self.outbox, timing)
        settling = Settling(self.store, self.clock, settings, steps, doors, delivery, timing)
        ordering = Ordering(self.store, self.clock, steps, self.orders, self.catalogue, timing, self.calls, self.door)
        self.guilds = Guilds(self.store, self.clock)
        self.pauses = Pauses(self.store, self.clock, self.meta, differences, notices, self.outbox)
        self.desk = Desk(self.store, self.clock, self.reads, timing)
        self.by_hand = ByHand(self.store, self.clock, steps, self.reads, delivery, timing)
        self.purchases = Purchases(
            self.store, self.clock, steps, ordering, delivery, settling, self.outbox, self.tasks, worker
        )
        self.opening = Opening(
            self.store,
            self.clock,
            settings,
            self.catalogue,
            self.accounts,
            self.purchases,
            self.reads,
            self.door,
            timing,
        )
        self.offers = Offers(self.store, self.clock, settings, doors, self.outbox)
        self.sales = Sales(
            self.store,
            self.clock,
            settings,
            self.offers,
            self.orders,
            doors,
            self.outbox,
            timing,
            self.tasks,
            self.calls,
            self.door,
            SaleSteps(self.store, self.clock, self.outbox, timing, notices),
            worker,
        )
        ordering.on_doubt = delivery.on_doubt = self.sales.on_doubt = self.breaker.doubted
        self._scheduler = Scheduler("due", self.clock, self.tasks, next_due=self._next_due, work=self._work)
        self.purchases.workers.on_idle = self.sales.workers.on_idle = self._scheduler.now
        self.by_hand.on_settled = self._scheduler.now

    async def start(self) -> None:
        """Opens the database, and refuses one that belongs to another process or environment.

        Raises:
            SettingsError: with the sentence for the operator.
        """
        self._lock.take()
        await upgrade(self.store)
        mine = self.settings.environment
        stamped = await self.meta.claim("environment", mine)
        if stamped != mine:
            raise SettingsError(
                f"This database belongs to the environment {stamped!r}, and these settings are for {mine!r}: "
                "use another DATABASE_URL or DATA_DIR for each."
            )
        if (copy := await self.meta.get(COPIED_TO)) is not None:
            raise SettingsError(
                f"This database was copied to {copy}, where a bot goes on with the same orders: set DATABASE_URL to "
                "that one. To come back, copy that one into a new database."
            )
        await put_bot_limit(self.store, self.settings.daily_spend_limit)
        await self.presence.begin()

    async def resume(self) -> None:
        """Takes up all that is unfinished and that no other process is at. Commands needn't wait for it."""
        await self.store.run(partial(tell_restored, self._steps, self.clock.now()))
        await self._take_up()
        self.tasks.spawn(self.presence.keep(self._take_up), "presence")
        self.tasks.spawn(sweep_hourly(self.sweep, self.clock), "sweep")

    async def _take_up(self) -> None:
        if not self.door.is_open:
            return  # what it took it would only keep from others
        await self.sales.take_up()
        await self.purchases.take_up()
        await self.breaker.resume()
        self._scheduler.now()
        self.outbox.news()

    def _heard(self, route: str, answer: Answer | None) -> None:
        self.breaker.heard(route, answer)
        self._skew.heard(answer)

    async def _work(self) -> None:
        now = self.clock.now()
        if (due := await self._next_due()) is None or due > now:
            return  # reading is cheap beside the transactions that take what is due
        await self.purchases.due(now)
        await self.sales.due(now)

    async def _next_due(self) -> int | None:
        due = [at for at in (await self.purchases.next_due(), await self.sales.next_due()) if at is not None]
        return min(due, default=None)

    async def drain(self, grace: float) -> None:
        """Waits for the calls that move money, at most `grace` seconds.

        What else is unfinished is taken up by the next start, or by another process.
        """
        self.door.shut()
        self._scheduler.stop()
        self.calls.spawn(self.purchases.let_go(), "let go")
        await self.calls.wait(grace)

    async def close(self) -> None:
        """Ends everything, whether or not it was drained."""
        self.door.shut()
        self._scheduler.stop()
        await self.tasks.cancel()  # first: these are what makes calls
        await self.calls.cancel()
        await asyncio.gather(self.reads.close(), self.orders.close())
        await self.presence.end()
        await self.store.close()
        self._lock.leave()
