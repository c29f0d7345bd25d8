"""Who may enter: users, teams, passwords, sessions, tokens. `Accounts` is the facade."""
