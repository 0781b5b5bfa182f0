"""Tables that people and offices keep in files, read without trust and written without formulas."""
