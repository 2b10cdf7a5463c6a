"""Decisions: what may happen, and what follows from it."""
