"""What starts, proves and checks the project. Nothing in here runs in production."""
