"""Offline and cloud mode: one record file per run."""
