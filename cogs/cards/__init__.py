"""Pulled cards: looking at them, turning them, selling them."""

from cogs.cards.cog import setup

__all__ = ["setup"]
