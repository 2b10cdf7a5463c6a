"""Permissions of users and groups on products."""
