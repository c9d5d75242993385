"""Evidence to statements."""
