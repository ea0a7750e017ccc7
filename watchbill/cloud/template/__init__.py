"""infra/template.yaml on the desk: what would be deployed, its resources in order, and each of them created."""
