"""What can be done: one module a use case."""
