"""AWS (template.yaml), the local system, and the commands that build, package, deploy and publish."""
