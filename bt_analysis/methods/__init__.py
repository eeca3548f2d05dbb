"""Statistics that know nothing of collectives: numbers in, numbers out, one method per file."""
