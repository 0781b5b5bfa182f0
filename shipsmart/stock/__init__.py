"""Goods that lie ready abroad: how many, for whom they are kept, what went out."""
