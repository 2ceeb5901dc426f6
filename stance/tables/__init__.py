"""Comments between files and memory: read, check, write."""
