"""The JSON gateway."""
