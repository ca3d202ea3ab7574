"""What every feature shows alike: the look, the bases of views, forms and buttons."""
