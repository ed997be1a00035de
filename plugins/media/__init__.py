"""Pictures, style sheets and other files that a page loads."""
