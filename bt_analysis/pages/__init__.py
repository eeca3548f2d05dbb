"""What a reader sees: protected estimates in, sentences, tables and pages out. Computes no statistics."""
