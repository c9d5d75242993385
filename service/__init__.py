"""From ranked hits to a cited answer, and the faces it is asked through."""
