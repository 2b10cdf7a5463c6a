"""Minimal webhook endpoints and a plain listing, to compare with ours."""
