-- Stand-in for resty.upload: Debian has no streaming multipart reader.

return {
  new = function()
    return nil, "multipart bodies are not supported"
  end,
}
