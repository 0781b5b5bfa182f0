"""Django's SQLite back end with one writer at a time."""
