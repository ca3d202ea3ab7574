"""The tests mirror the tree; `behaviour` presses the buttons."""
