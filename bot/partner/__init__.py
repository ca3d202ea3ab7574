"""The Partner API: reads that may be repeated, and orders that may not."""
