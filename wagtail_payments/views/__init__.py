"""Pages for visitors, and the webhook endpoint."""
