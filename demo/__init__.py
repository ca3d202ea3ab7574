"""A Discord in the browser, over the local Partner API: everything can be tried, and nothing leaves this computer."""
