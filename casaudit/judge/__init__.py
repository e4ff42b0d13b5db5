"""Judging evidence: rules over published views, and the findings they give."""
