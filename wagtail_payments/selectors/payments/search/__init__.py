"""The search for payments."""
