"""What is said to who presses too often, and while the bot is too slow to do a thing safely."""

from __future__ import annotations

SECURITY = {
    "refusal.too_fast": (
        "That was a lot at once. Nothing was bought or sold by this press. Please try again {until_at}."
    ),
    "refusal.slow": "The bot is slow at the moment. Nothing was bought or sold by this press. Please press again.",
}
