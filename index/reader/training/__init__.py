"""How the reader's and the entailment model's weights are made. Nothing here runs when questions are answered."""
