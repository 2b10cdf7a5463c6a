"""Queued emails and signals."""
