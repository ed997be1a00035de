"""HTTP requests and responses, and the pages that the functions answer with."""
