"""What the practice shops hold: catalogue, checkouts, orders, fulfilments, refunds. All in memory."""
