"""Receipts and credit notes in the admin."""
