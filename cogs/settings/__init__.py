"""/settings: what a server's moderators set."""

from cogs.settings.cog import setup

__all__ = ["setup"]
