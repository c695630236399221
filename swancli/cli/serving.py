"""The commands for data that is read over a network, and their options: serve, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from swancli.cli.session import Session
from swancli.errors import RemoteError, UsageError

if TYPE_CHECKING:
    from swancli.output.table import Table


def serve(
    session: Session,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("-p", "--port", metavar="N", min=0, max=65535, help="Port to listen on; 0 picks a free one.")
    ] = 5092,
    server_token_file: Annotated[
        str | None,
        typer.Option("--token-file", metavar="FILE", help="File with the bearer token that clients must send."),
    ] = None,
    generate_token: Annotated[
        bool, typer.Option("--generate-token", help="Generate a token, and print a link that contains it.")
    ] = False,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Disable authentication.")] = False,
    cors: Annotated[
        list[str] | None,
        typer.Option("--cors", metavar="ORIGIN", help="Allow cross-origin requests from this origin. Can be repeated."),
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Do not log requests.")] = False,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    no_page: Annotated[bool, typer.Option("--no-page", help="Serve only the API, without the page.")] = False,
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Answer on stdin and stdout; a client starts this over SSH.")
    ] = False,
) -> None:
    """Serve a page of runs and charts for the browser, and the API of SwanLab's dashboard, over HTTP.

    The data comes from a logdir, or is relayed from another dashboard. An address that other machines can reach
    needs a token: --token-file, $SWANCLI_TOKEN or --generate-token.

    \b
    Examples:
      swancli serve
      swancli serve --open
      swancli serve --host 0.0.0.0 --generate-token
      swancli serve --url http://node7:5092 --port 8080
    """
    from swancli.cli.startup import collect_garbage

    if stdio:
        from swancli.server.stdio import serve as serve_stdio

        return serve_stdio(lambda: session.source.snapshot())
    from swancli.server.run import serve as run

    collect_garbage(True)
    run(
        session.source,
        host=host,
        port=port,
        quiet=quiet,
        token_file=server_token_file,
        generate_token=generate_token,
        no_auth=no_auth,
        cors=cors or (),
        page=not no_page,
        open_browser=open_browser,
    )


def sources(session: Session) -> None:
    """List the sources in the configuration file: whether each responds, its version, its runs, its response time.

    \b
    Examples:
      swancli sources
      swancli sources -l node7:/data/swanlog -u http://node8:5092
    """
    from swancli.places import named_places
    from swancli.queries.sources import states

    if session.json:
        raise UsageError("--json prints the API's response, which has no sources: use --jsonl")
    found = states(named_places(session.given), session.options.timeout)

    def tables() -> list[Table]:
        from swancli.output.views.sources import sources as view

        return view(found)

    session.show(tables)
    if not any(one["answers"] for one in found):
        raise typer.Exit(RemoteError.exit_code)
