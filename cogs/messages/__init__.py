"""The relay: keeps every message in Discord up to what the store knows."""

from cogs.messages.cog import setup

__all__ = ["setup"]
