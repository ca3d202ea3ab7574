"""Pullcord: open packs of real cards from Discord."""
