-- Stand-in for resty.kong.grpc: rewriting :authority needs Kong's own nginx module.

return {
  set_authority = function()
    return nil, "not supported: rewriting :authority needs Kong's nginx module"
  end,
}
