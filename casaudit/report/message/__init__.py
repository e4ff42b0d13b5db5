"""The judgement as a message for mail or chat."""
