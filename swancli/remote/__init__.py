"""A dashboard's URL, or an SSH address, as a Source: imported only when there is one."""
