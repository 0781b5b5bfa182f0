"""Practice carriers: DHL Express (MyDHL), UPS and FedEx over real HTTP on loopback, with a clock and faults on demand.

Run with `python -m integrations.sandbox.carriers`. Nothing here is shared with the adapters they are practised against.
"""
