"""The officers' desk, one noun a file."""
