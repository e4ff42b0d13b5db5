"""The remediation plan: what to set, in which order, and whether it was done."""
