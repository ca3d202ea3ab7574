"""/orders: what needs a person, and settling it by hand."""

from cogs.orders.cog import setup

__all__ = ["setup"]
