"""Pages of the exporter, one noun a module. They show a coarse public state and nothing that is behind it."""
