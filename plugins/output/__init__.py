"""What the build writes besides pages: headers, feed, sitemap, structured data, files for the functions."""
