"""`swancli serve`: the seven endpoints over HTTP, from a logdir or relayed from another dashboard."""
