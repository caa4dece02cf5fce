--- Takes a preloaded sanitizer out of the environment: the interpreter has it, programs that specs start bring their own
--- along, and a shell dies of the thread sanitizer.
require("luv").os_unsetenv "LD_PRELOAD"
