"""Addresses of licensing, one module a face."""
