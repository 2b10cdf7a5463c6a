"""The sandbox's pages for payers."""
