"""`swancli mcp`: tools for agents by the Model Context Protocol, which only read."""
