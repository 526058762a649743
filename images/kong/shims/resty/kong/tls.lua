-- Stand-in for resty.kong.tls: what needs Kong's own nginx module is refused, so that a
-- request fails rather than goes out unverified.

local function refused()
  return nil, "not supported: needs Kong's nginx module"
end

return {
  request_client_certificate = refused,
  get_full_client_certificate_chain = refused,
  set_upstream_cert_and_key = refused,
  set_upstream_ssl_trusted_store = refused,
  set_upstream_ssl_verify_depth = refused,
  disable_proxy_ssl = refused,
  -- nginx does not verify upstreams unless told to, so only asking for it is refused.
  set_upstream_ssl_verify = function(on)
    if on == false then
      return true
    end
    return refused()
  end,
  -- Only asked for after a client certificate was requested, which is refused above.
  disable_session_reuse = function()
    return true
  end,
}
