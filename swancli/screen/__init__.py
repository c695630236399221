"""The full-screen view, `swancli top`: runs, charts, consoles, live. The only folder that imports Textual.

What is read (`reading/`, in a thread of its own) becomes Facts; what keys and the mouse choose (`control/`) becomes a
View. `panes/` turns both into lines, and the Board sends the terminal the cells that have changed.
"""
