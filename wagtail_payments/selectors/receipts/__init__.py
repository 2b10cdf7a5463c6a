"""Receipts and the links to them."""
