"""Curves drawn in characters."""
