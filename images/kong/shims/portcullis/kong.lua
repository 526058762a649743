-- Entry of the kong command: hands the arguments to Kong's own command code.

require("kong.cmd.init")(arg)
