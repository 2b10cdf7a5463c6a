"""The overview and the reports."""
