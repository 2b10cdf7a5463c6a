"""The audit log and a payment's timeline."""
