"""Why a verdict is what it is, and the smallest change that would turn it."""
