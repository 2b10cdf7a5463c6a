"""Webhook events in the admin."""
