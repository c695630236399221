"""Ask `swancli mcp` over a real pipe by the SDK's own client: `python -m tests.arrow.mcp_client < calls.json`.

The input is {"words": command line behind `swancli mcp`, "calls": [[tool, arguments], …], "mode": …}; the output is what the
server tells of itself, its tools and the results.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import anyio
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client


async def ask(given: dict[str, Any]) -> dict[str, Any]:
    """The tools, and the results of the calls."""
    words = ["-m", "swancli", "mcp", *given["words"]]
    server = StdioServerParameters(command=sys.executable, args=words, env=dict(os.environ))
    async with Client(stdio_client(server), mode=given.get("mode", "auto")) as client:
        tools = (await client.list_tools()).tools
        results = []
        for name, arguments in given["calls"]:
            found = await client.call_tool(name, arguments)
            texts = [block.text for block in found.content if block.type == "text"]
            results.append({"error": found.is_error, "texts": texts, "data": found.structured_content})
        return {
            "instructions": client.instructions,
            "tools": [tool.model_dump(mode="json", by_alias=True) for tool in tools],
            "results": results,
        }


if __name__ == "__main__":
    print(json.dumps(anyio.run(ask, json.load(sys.stdin))))
