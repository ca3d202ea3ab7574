"""/open: from the question to the order."""

from cogs.opening.cog import setup

__all__ = ["setup"]
