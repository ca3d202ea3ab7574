"""/operator: pausing the whole bot."""

from cogs.operator.cog import setup

__all__ = ["setup"]
