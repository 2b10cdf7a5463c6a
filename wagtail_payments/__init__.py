"""Payments in Wagtail: blocks to pay with, an admin to look after the money."""

__version__ = "0.1.0"
