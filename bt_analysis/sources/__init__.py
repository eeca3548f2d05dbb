"""What comes from elsewhere: a ``fetch_`` function brings it to data/raw, a ``read_`` function makes it a table."""
