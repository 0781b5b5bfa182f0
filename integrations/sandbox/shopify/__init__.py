"""A practice Shopify: a separate process that plays the store's side of the wire for the demo and the tests."""
