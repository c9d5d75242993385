"""Scripted evaluation: gold questions in, measures and a report out; it sees only the contract's JSON."""
