# Where the site is, on one machine; for varnish.vcl. With several: compose-site.vcl.

backend site {
  .host = "127.0.0.1";
  .port = "3000";
  .first_byte_timeout = 60s;
  .probe = {
    .url = "/api/health";
    .interval = 2s;
    .timeout = 1s;
    .window = 3;
    .threshold = 2;
    .initial = 2;
  }
}

# The site's own addresses, and nobody else's. A proxy for HTTPS on this machine hands on the visitors'
# requests from 127.0.0.1, too: what any proxy hands on is refused below, as long as that proxy adds
# X-Forwarded-For.
acl purgers {
  "127.0.0.1";
  "::1";
}
