--- The texts of the pages about signing in, accounts, and links that let somebody in once.
return {
  sign_in = {
    title = "Sign in", name = "Username or e-mail address", password = "Password", forgot = "I forgot my password",
    with = "Sign in with", only_emergency = "Passwords are switched off here, but for an admin in an emergency.",
    code = "Code", code_hint = "The six digits that your app shows, or one of your recovery codes.", again = "Begin again",
    link = "To sign-in", out = "Sign out?", do_out = "Sign out", not_in = "You are not signed in",
  },
  account = {
    title = "My account", password = "Password", now = "Password now", new = "New password", once_more = "New password, once more",
    long = "Ten characters or more.", change = "Change the password", ends_others = "All your other sessions end with it.",
    without = "You sign in without a password.", changed = "Your password is changed.", not_same = "The new passwords are not the same.",
    not_yours = "This is not your password.", not_now = "That cannot be done as it is now.",
    sessions = "Where you are signed in", this_one = "this one", since = "since", seen = "last seen", finish = "End",
    finish_others = "End all others", unknown = "Unknown program", unknown_address = "unknown address",
  },
  totp = {
    title = "Second factor", is_on = "At sign-in you are asked for a code of your app, since", left = "Recovery codes left:",
    new_codes = "Make new recovery codes", drop = "Do without a second factor", why = "With one, who has your password still needs your phone.",
    set_up = "Set up an authenticator app", dropped = "You sign in without a second factor.",
    app = "Authenticator app", scan = "Scan this with an authenticator app, or", open = "open it", on_phone = "on this phone.",
    type = "Or type the secret:", code = "Code", code_hint = "The six digits that the app shows now.", on = "Switch it on",
    later = "Not now", nothing = "There is nothing to confirm. Begin again.", wrong = "This code is not right. Is the clock of the phone?",
    codes = "Recovery codes", codes_hint = "Each of these lets you in once, instead of a code of the app. They are not shown again: " ..
      "print them, or keep them where you keep passwords.", have_them = "I have them",
  },
  link = {
    gone = "This link is not good any more", gone_why = "It was used already, or it is too old, or a newer one was made. Ask for another one.",
    not_now = "Not now", first = "The first admin", first_do = "Make the account",
    first_why = "Nobody can sign in yet. This makes the account of the first admin.",
    welcome = "Welcome, %s", choose = "Choose a password for %s.", new = "A new password", change = "Change the password",
    choose_new = "Choose a new password for %s. All sessions of this account end with it.",
    name = "Name", email = "E-mail address", password = "Password", again = "Password, once more",
    name_wrong = "Give a name of at most %d characters.", email_wrong = "Give an e-mail address of at most %d characters.",
    not_same = "The two passwords are not the same.", send = "Send me a link", back = "Back to sign-in",
    no_mail = "This server sends no mails about that. Ask an admin for a link.", look = "Look into your mail",
    sent = "If there is an account with this name that has an e-mail address, a link for a new password is on its way. It is good for two hours.",
  },
  oidc = {
    too_late = "This is not the sign-in that began in this browser, or it took too long.",
    refused = "The identity provider did not let you in", no_role = "You have no role here. Ask an admin.",
    two = "More than one person here has the e-mail address %s. Ask an admin.",
    other = "The account with the address %s belongs to another sign-in. Ask an admin.",
    nobody = "There is no account for you here. Ask an admin.",
    taken = "Somebody here has your username or e-mail address already. Ask an admin.",
  },
  sent = { too_much = "This is more than a form of ours can hold.", no_object = "Expected a JSON object." },
}
