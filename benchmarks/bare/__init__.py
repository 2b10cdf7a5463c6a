"""The least that a webhook's endpoint can do, to measure ours against."""
