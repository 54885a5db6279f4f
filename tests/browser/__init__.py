"""What people look at, in a browser: the page of the matrix, and both versions of Allure."""
