"""/account: who somebody is at the partner."""

from cogs.account.cog import setup

__all__ = ["setup"]
