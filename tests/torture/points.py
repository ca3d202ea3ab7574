"""Where a bot can be told to die: `CRASH_AT="init sent#2"` is the second time that it has sent an order.

`before <step>`: everything is written, and not committed. `after <step>`: committed. `before <call>`: not a byte has
left; `<call> sent`: the last one has; `<call> answered`: the answer is read, and nothing was made of it yet.
"""

from __future__ import annotations

from bot.domain.purchase import State
from bot.domain.sale import SaleState

RESERVE, TAKEN, SHOWN, SALE = "reserve", "message taken", "message shown", "sale begun"
ORDER_STEPS = {
    State.SUBMITTING: "submit",
    State.RESERVED: "not sent",
    State.ACCEPTED: "accepted",
    State.REFUSED: "refused",
    State.CANCELLED: "cancelled",
    State.IN_DOUBT: "in doubt",
    State.DELIVERED: "delivered",
    State.NOT_EXECUTED: "not executed",
}
SALE_STEPS = {SaleState.SOLD: "sold", SaleState.NOT_SOLD: "not sold", SaleState.IN_DOUBT: "sale in doubt"}
CALLS = {
    "vm/buy/init": "init",
    "vm/buy/status": "status",
    "inventory": "inventory",
    "vm/buyback": "buyback",
}
"""By how the path begins."""
POSTS = {
    ("POST", "/interactions/"): "callback",
    ("PATCH", "/webhooks/"): "edit by token",
    ("PATCH", "/channels/"): "edit by channel",
    ("POST", "/channels/"): "post",
}
"""By method and how the path begins."""

STEPS = (RESERVE, *ORDER_STEPS.values(), SALE, *SALE_STEPS.values(), TAKEN, SHOWN)
LABELS = (
    *(f"{when} {what}" for what in (*STEPS, *POSTS.values()) for when in ("before", "after")),
    *(label for call in CALLS.values() for label in (f"before {call}", f"{call} sent", f"{call} answered")),
)

CRASHES = {
    "press, RESERVED": ("after callback", "before reserve"),
    "RESERVED, SUBMITTING": ("after reserve", "before submit", "before cancelled", "after cancelled"),
    "SUBMITTING, first byte": ("after submit", "before init", "before not sent", "after not sent"),
    "bytes, answer": ("init sent", "before in doubt", "after in doubt", "before not executed", "after not executed"),
    "answer, its commit": ("init answered", "before accepted", "before refused", "after refused"),
    "ACCEPTED, first poll": ("after accepted", "before status", "status sent"),
    "result, DELIVERED": (
        "status answered",
        "before inventory",
        "inventory sent",
        "inventory answered",
        "before delivered",
    ),
    "DELIVERED, message": (
        "after delivered",
        "before message taken",
        "after message taken",
        "before message shown",
        "after message shown",
        "before edit by token",
        "after edit by token",
        "before edit by channel",
        "after edit by channel",
        "before post",
        "after post",
        "before callback",
    ),
    "sale: SUBMITTING, bytes": ("before sale begun", "after sale begun", "before buyback"),
    "sale: bytes, answer": (
        "buyback sent",
        "buyback answered",
        "before sold",
        "after sold",
        "before not sold",
        "after not sold",
        "before sale in doubt",
        "after sale in doubt",
    ),
}
"""The crash points of the design (money safety), and the labels between which each lies."""
ELSEWHERE = {
    "sale done, same item pulled by another": "test_random.test_killed_at_random",
    "a worker stalls past its lease and wakes": "test_stalled.test_who_wakes_after_its_lease_sends_nothing",
    "restore of an old backup": "test_restored.test_nothing_is_bought_or_sold_until_a_person_says_so",
}
"""Those that no label shows, and the test that does. Giveaways bring theirs with them."""
