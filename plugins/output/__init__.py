"""What the build writes besides pages, such as headers, feed and sitemap."""
