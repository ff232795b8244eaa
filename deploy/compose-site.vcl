# Where the site is in compose.yaml: in place of site.vcl. As many instances as there are.

import directors;

probe health {
  .url = "/api/health";
  .interval = 2s;
  .timeout = 1s;
  .window = 3;
  .threshold = 2;
  .initial = 2;
}

backend site1 {
  .host = "site-1";
  .port = "3000";
  .first_byte_timeout = 60s;
  .probe = health;
}

backend site2 {
  .host = "site-2";
  .port = "3000";
  .first_byte_timeout = 60s;
  .probe = health;
}

sub vcl_init {
  new sites = directors.round_robin();
  sites.add_backend(site1);
  sites.add_backend(site2);
}

sub vcl_recv {
  set req.backend_hint = sites.backend();
}

# The addresses that containers have.
acl purgers {
  "10.0.0.0"/8;
  "172.16.0.0"/12;
  "192.168.0.0"/16;
}
