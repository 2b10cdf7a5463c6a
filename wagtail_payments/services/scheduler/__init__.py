"""Periodic jobs and the sweep."""
