"""What is true of packs, cards, money and purchases, without any I/O."""
