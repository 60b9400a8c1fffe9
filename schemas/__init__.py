"""What rows must look like: a module a table, and the Arrow schemas of what comes out."""
