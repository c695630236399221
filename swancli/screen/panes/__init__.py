"""The lines of each pane: functions of Facts, a View and a size."""
