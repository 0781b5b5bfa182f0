"""Calls of the app's carrier-service callback, as the checkout makes them."""
