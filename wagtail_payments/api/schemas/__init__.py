"""What goes in and out of the JSON gateway, with examples: the OpenAPI document is made from it."""
