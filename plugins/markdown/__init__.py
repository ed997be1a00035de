"""Extensions of Markdown, and the reader that turns a Markdown file into what templates print."""
