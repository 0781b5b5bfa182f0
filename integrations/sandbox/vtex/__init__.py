"""A practice VTEX: one process on loopback that answers as VTEX's own descriptions say. Shares no code with the app."""
