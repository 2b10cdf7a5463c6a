"""The only place where a payment changes."""
