-- Stand-in for resty.router.context: the expressions engine is a Rust library that Debian lacks.

return {
  new = function()
    error("resty.router.context is not supported: set router_flavor=traditional", 2)
  end,
}
