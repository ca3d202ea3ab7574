"""The Partner API on this machine, faithful to its documentation; knows nothing of the bot."""

from sandbox.clock import RealClock, SandboxClock
from sandbox.faults import Faults
from sandbox.ledger import ExecutedPurchase, ExecutedSale, Ledger, LoggedRequest
from sandbox.partner import Sandbox

__all__ = [
    "ExecutedPurchase",
    "ExecutedSale",
    "Faults",
    "Ledger",
    "LoggedRequest",
    "RealClock",
    "Sandbox",
    "SandboxClock",
]
