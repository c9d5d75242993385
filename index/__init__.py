"""From files to ranked hits."""
