"""Webhooks: REST-shaped payloads, signed, retried, and misbehaving on demand."""
