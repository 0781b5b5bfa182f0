"""Installing the app: authorisation code, token exchange, refresh, the embedded frame."""
