"""Lists of what happened at Stripe."""
