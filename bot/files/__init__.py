"""Rows on disk: what an export spools, writes and hands to an object store."""
