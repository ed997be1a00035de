"""Where it runs: in the cloud (template.yaml), on this machine (local), and how the site gets there."""
