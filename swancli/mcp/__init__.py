"""`swancli mcp`: read-only tools for agents, over the Model Context Protocol."""
