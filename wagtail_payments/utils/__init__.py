"""Helpers without knowledge of payments."""
