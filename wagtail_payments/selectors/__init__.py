"""Reads, shared by services, views, the API and the admin."""
