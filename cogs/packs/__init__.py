"""/packs: what there is to open."""

from cogs.packs.cog import setup

__all__ = ["setup"]
