"""SQLite: the only truth. Everything else that is searched can be rebuilt from it."""
