"""What the API and the views share about a request."""
