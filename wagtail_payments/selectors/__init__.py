"""Reads, shared by everybody above."""
