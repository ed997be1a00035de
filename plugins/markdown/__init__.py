"""Extensions of Markdown, and Pelican's reader of Markdown files."""
