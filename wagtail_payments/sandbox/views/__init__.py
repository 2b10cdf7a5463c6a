"""The pages that the pretend company shows to payers."""
