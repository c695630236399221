"""Offline and cloud mode: one record file a run."""
