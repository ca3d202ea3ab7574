"""The database: one module a noun, compare-and-set throughout."""
