"""The full-screen view, `swancli top`: runs, charts, consoles, live. The only folder that imports Textual.

What is read (`reading/`, in a thread of its own) becomes Facts, what the keys choose a View; of both, the functions of
`panes/` make lines, which the Board shows.
"""
