-- Stand-in for resty.router.router: the expressions engine is a Rust library that Debian lacks.

return {
  new = function()
    error("resty.router.router is not supported: set router_flavor=traditional", 2)
  end,
}
