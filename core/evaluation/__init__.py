"""How good the answers are: questions with what is expected, what came of them, and what changed since."""
