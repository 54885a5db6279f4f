"""What ``tunspec run`` is made of: pytest by itself, and what people see of it."""
