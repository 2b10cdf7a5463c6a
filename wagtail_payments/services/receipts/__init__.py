"""Receipts and credit notes."""
