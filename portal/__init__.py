"""Floor 5: the web application of provincial staff, leads and auditors; server-rendered, Vietnamese first, no CDN."""
