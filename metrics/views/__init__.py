"""The pages that show or take numbers."""
