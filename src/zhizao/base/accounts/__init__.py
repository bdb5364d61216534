"""Areas, organisations, users, roles, sign-in and scopes."""
