"""What is measured: a module each, with a ``measure`` that gives one table."""
