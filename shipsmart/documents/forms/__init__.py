"""Forms of fixed geometry, drawn with reportlab."""
