"""The tables, once, for SQLite and PostgreSQL.

Times are milliseconds UTC (`_at`, `_until`), money whole cents, our ids ULIDs, the partner's ids text as they came.
"""

from bot.store.tables.base import metadata
from bot.store.tables.orders import cards, confirmations, lanes, purchase_events, purchase_steps, purchases, sales
from bot.store.tables.people import acceptances, account_changes, accounts, link_offers, used_codes
from bot.store.tables.running import audit, duties, freezes, guilds, limits, messages, meta, processes

__all__ = [
    "acceptances",
    "account_changes",
    "accounts",
    "audit",
    "cards",
    "confirmations",
    "duties",
    "freezes",
    "guilds",
    "lanes",
    "limits",
    "link_offers",
    "messages",
    "meta",
    "metadata",
    "processes",
    "purchase_events",
    "purchase_steps",
    "purchases",
    "sales",
    "used_codes",
]
