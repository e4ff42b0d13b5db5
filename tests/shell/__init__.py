"""A shell of Exchange 2010 for tests: its cmdlets over a world of objects, and a language for it.

``world`` is the organisation as the cmdlets show it, made from a snapshot and read back into one.
``cmdlets`` says what each cmdlet takes, by the table of the rule book's commands; ``language`` runs
the blocks of fix cards in Python. It stands for a PowerShell, of which none was at hand.
"""
