"""What can go wrong with accounts."""

from __future__ import annotations

from fieldstone.kernel.codes import declare

WRONG_LOGIN = declare(
    "account.E001", "The user name or the password is wrong.", "Check both; an administrator can set a new password."
)
THROTTLED = declare("account.E002", "Too many attempts to log in.", "Try again in {minutes} minutes.")
PASSWORD_TOO_SHORT = declare(
    "account.E003",
    "The password has fewer than {limit} characters.",
    "A sentence is easy to remember and hard to guess.",
)
PASSWORD_TOO_LONG = declare("account.E004", "The password has more than {limit} characters.", "Shorten it.")
PASSWORD_COMMON = declare("account.E005", "This password is among the first ones tried.", "Choose another one.")
PASSWORD_IS_NAME = declare("account.E006", "The password is the user's own name.", "Choose another one.")
USERNAME_TAKEN = declare("account.E007", "There is a user {username} already.", "Choose another user name.")
USERNAME_FORM = declare(
    "account.E008", "“{username}” cannot be a user name.", "Use letters, digits and . _ - @ +, at most {limit}."
)
NO_USER = declare("account.E009", "There is no user {username}.", "`fieldstone user list` shows all.")
NO_TEAM = declare("account.E010", "There is no team {team}.", "Choose one of the teams there are.")
TEAM_TAKEN = declare("account.E011", "There is a team {team} already.", "Choose another name.")
TEAM_CYCLE = declare("account.E012", "The team {team} would be below itself.", "Choose another parent.")
NO_ROLE = declare("account.E013", "There is no role {role}.", "Choose among: {roles}.")
BAD_SCOPE = declare("account.E014", "“{scope}” is no scope of a token.", "Use read, write or module:NAME.")
BAD_AGE = declare("account.E015", "“{age}” is no length of time.", "Write it like 30d, 52w or never.")
BAD_LINK = declare("account.E016", "This link has been used or is too old.", "Ask for a new one.")
WRONG_PASSWORD = declare("account.E017", "The present password is wrong.", "Type the password you log in with.")
LAST_ADMIN = declare("account.E018", "Nobody else could administer this site.", "Make another administrator first.")
NO_ADMIN = declare(
    "account.E019", "The site has no active administrator.", "Add one: fieldstone user add NAME --admin."
)
NOT_YOURS_TO_GIVE = declare("account.E020", "Only an administrator can make an administrator.", "Ask one of them.")
NO_NAME_COLUMN = declare("account.E021", "No column of {file} names people.", "Say which one does: --map COLUMN=name.")
BAD_MAPPING = declare("account.E022", "Column {column} cannot become {what}.", "Choose among: {choices}.")
BAD_EMAIL = declare("account.E023", "“{email}” is not an e-mail address.", "Write one like anna@example.com.")
NO_LABEL = declare("account.E024", "“{label}” cannot be shown as a name.", "Use 1 to {limit} printable characters.")
TOO_MANY_PEOPLE = declare("account.E025", "{file} has more than {limit} rows.", "Import it in parts.")
NO_TOKEN = declare("account.E026", "There is no such token.", "It may have been revoked already.")
BAD_LANGUAGE = declare("account.E027", "There is no language “{language}” here.", "Choose among: {choices}.")
BAD_ZONE = declare("account.E028", "“{zone}” is no time zone.", "Write it like Asia/Shanghai.")
BAD_CODE = declare(
    "account.E029", "The code is wrong, or was used before.", "Wait for the next one, and check the device's clock."
)
STEP_OVER = declare("account.E030", "This log-in took too long.", "Log in again.")
SECOND_FACTOR_ON = declare(
    "account.E031", "The second factor is on already.", "Switch it off first to use another device."
)
SECOND_FACTOR_OFF = declare("account.E032", "No second factor is on, nor being set up.", "Begin by setting it up.")
NOT_WHILE_ACTING = declare(
    "account.E033", "This cannot be done in somebody else's name.", "Stop acting as the user first."
)
CANNOT_ACT_AS = declare("account.E034", "Nobody can act as {name}.", "Choose an active user who is no administrator.")
ADMINS_ONLY = declare("account.E035", "Only an administrator can do this.", "Ask one of them.")
PROVE_AGAIN = declare(
    "account.E036", "You logged in too long ago for this.", "Log out and in, and do it within ten minutes."
)
NO_PROFILE = declare("account.E037", "There is no profile {profile}.", "Choose among: {profiles}.")
BAD_FORMAT = declare("account.E038", "“{format}” is no way to write this.", "Choose among: {choices}.")
PROVIDER_FAILED = declare(
    "account.E040",
    "Logging in through {provider} did not work: {reason}",
    "Try again; if it stays, tell an administrator.",
)
NOT_KNOWN_HERE = declare(
    "account.E041",
    "{provider} knows you, but you are no user here.",
    "Ask an administrator to add you, with your e-mail.",
)
CANNOT_TAKE_OVER = declare(
    "account.E042", "{name} cannot take over records.", "Choose another user who is active, or a team."
)
OWN_EMAIL = declare(
    "account.E044", "Your own e-mail address is changed with your password.", "Do it on the page of your account."
)
EMAIL_TAKEN = declare("account.E045", "Another user has the address {email}.", "Use one that only you read.")
TEAM_OWNS = declare(
    "account.E046", "The team owns records.", "Say which user or team they go to, or give them to somebody before."
)
BEYOND_YOU = declare(
    "account.E047", "The role lets into more of Setup than you may enter.", "Ask an administrator to do it."
)
TOO_FAST = declare("account.E043", "Too many requests.", "Go on in {wait} seconds.")
