--- The texts of the pages as an app on a device.
return { installed = {
  about = "Who is called when something breaks, and who has it.", offline = "No connection",
  why = "This device does not reach the server just now. Calls and messages go on without this page.", again = "Try again",
} }
