"""(question, passages) to answer spans with support."""
