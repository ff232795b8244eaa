# Varnish in front of Evergreen. Made for Varnish 7.1 and tested with it. To use it:
# 1. Set in site.vcl where the site is (backend) and from where it sends its purges (acl).
# 2. Put both into /etc/varnish, this one as default.vcl, and restart Varnish.
# 3. Start the site with EDGE_URLS=http://<this Varnish>, e.g. EDGE_URLS=http://127.0.0.1:6081.
# The site says in its headers what may be kept and for how long; it does so only with EDGE_URLS set.

vcl 4.1;

import std;

include "./site.vcl";

# Pictures have parameters, and a stranger could invent others: each would be another picture to make and
# to keep. A resized one has three, in any order: the path of its file as encodeURIComponent writes it, and
# a width and a quality of next.config.js. That of a shared link has its version.
sub pictures {
  if (req.url ~ "^/_next/image([/?]|$)") {
    if (req.url !~ "^/_next/image\?(?=.*\bw=)(?=.*\bq=)(?=.*\burl=)(?:(?:url=(?:%2F(?!\.{0,2}(?:%2F|&|$))(?:[\w.!~*'()-]|%27|%25(?:2[02-6BC]|3[A-F]|40|5[BDE]|60|7[B-D]|[89A-F][0-9A-F]))+)+|w=(?:480|720|1080|1440)|q=75)(?:&(?!$)|$)){3}$") {
      return (synth(400));
    }
    # One address for each, whatever the order.
    set req.url = "/_next/image?" +
      regsub(req.url, "^.*\b(url=[^&]*).*$", "\1&") +
      regsub(req.url, "^.*\b(w=\d+).*$", "\1&") +
      regsub(req.url, "^.*\b(q=\d+).*$", "\1");
    # They come in three formats, and a browser says which it takes: not in as many words as it likes.
    if (req.http.Accept ~ "image/avif") {
      set req.http.Accept = "image/avif";
    } elsif (req.http.Accept ~ "image/webp") {
      set req.http.Accept = "image/webp";
    } else {
      set req.http.Accept = "*/*";
    }
  }
  if (
    req.url ~ "^/cards/" &&
    req.url !~ "^/cards/(?:[\w.!~*'()-]|%[2-9A-F][0-9A-F])+\.png(?:\?v=[0-9a-z]*)?$"
  ) {
    return (synth(400));
  }
}

sub vcl_recv {
  # With these, Next renders again.
  unset req.http.x-prerender-revalidate;
  unset req.http.x-prerender-revalidate-if-generated;

  # What no browser sends, as in "OPTIONS *".
  if (req.url !~ "^/") {
    return (synth(400));
  }
  call pictures;

  # Ours: how old a page this request may be served. "none", "some" or "any". And how it is to be packed: a
  # page is kept up to three times, each as the site has sent it, so that nothing is compressed or unpacked
  # for a visitor. To "br" alone the site answers in Brotli.
  if (req.restarts == 0) {
    unset req.http.x-stale;
    if (req.http.Accept-Encoding ~ "(?i)(?:^|,)\s*br\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))") {
      set req.http.x-encoding = "br";
    } elsif (req.http.Accept-Encoding ~ "(?i)(?:^|,)\s*gzip\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))") {
      set req.http.x-encoding = "gzip";
    } else {
      set req.http.x-encoding = "identity";
    }
  }

  if (req.method == "PURGE") {
    # Varnish itself has added the address that the request came from.
    if (client.ip !~ purgers || req.http.X-Forwarded-For ~ ",") {
      return (synth(405));
    }
    # The site does not know what is kept: after a release, and when Redis has lost its data.
    if (req.url == "/.*" && req.http.X-Purge-Method == "regex") {
      ban("obj.status != 0");
      return (synth(200, "Purged everything"));
    }
    return (purge);
  }

  # Visits only; and neither previews, which are at the addresses of the published pages, nor searches, nor
  # what WordPress names by a query, nor the console, which knows by a cookie who signed in.
  if (req.method != "GET" && req.method != "HEAD") {
    return (pass);
  }
  if (
    req.http.Cookie ~ "(^|; *)__prerender_bypass=" ||
    # In further languages it lies below their codes: /tr/search.
    req.url ~ "^/(api|console|(?!tag/)([a-z][a-z][a-z]?(-[a-z0-9]+)*/)?search)([/?]|$)" ||
    req.url ~ "^/(index\.php)?\?(.*&)?(p|page_id|attachment_id|cat|author|name|pagename|category_name|tag|author_name|feed|sitemap|s|paged)="
  ) {
    return (pass);
  }

  # Pages read neither cookies nor queries. A page has one address here, the one that a purge names.
  unset req.http.Cookie;
  if (req.url !~ "^/(cards/|_next/image)") {
    set req.url = regsub(req.url, "\?.*", "");
  }

  # What is too old is served once more for a minute while it is fetched again, and for as long as there
  # is no other while the site is down. A purge takes both away.
  if (!req.http.x-stale) {
    set req.http.x-stale = "some";
  }
  if (req.http.x-stale == "none") {
    set req.grace = 0s;
  } elsif (req.http.x-stale == "some" && std.healthy(req.backend_hint)) {
    set req.grace = 60s;
  } else {
    set req.grace = 7d;
  }
}

# One site: its pages are the same under every name.
sub vcl_hash {
  hash_data(req.url);
  return (lookup);
}

sub vcl_hit {
  if (
    obj.ttl <= 0s && req.http.x-stale == "some" && std.healthy(req.backend_hint) &&
    obj.http.Cache-Control !~ "stale-while-revalidate"
  ) {
    set req.http.x-stale = "none";
    return (restart);
  }
}

sub vcl_backend_fetch {
  unset bereq.http.x-stale;
  # What Varnish itself asks for is gzip, which it would unpack for some.
  set bereq.http.Accept-Encoding = bereq.http.x-encoding;
}

sub vcl_backend_response {
  # As variants of one page they are dropped by one purge. Varnish overlooks Accept-Encoding in Vary.
  if (beresp.http.Vary) {
    set beresp.http.Vary = beresp.http.Vary + ", x-encoding";
  } else {
    set beresp.http.Vary = "x-encoding";
  }
  if (beresp.status >= 500) {
    # What is kept stays.
    if (bereq.is_bgfetch) {
      return (abandon);
    }
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.uncacheable = true;
    return (deliver);
  }
  # Nothing is kept that does not say so, such as a redirect.
  if (beresp.http.Cache-Control !~ "max-?age=") {
    set beresp.ttl = 0s;
    set beresp.uncacheable = true;
    return (deliver);
  }
  set beresp.grace = 0s;
  set beresp.keep = 0s;
  if (beresp.status == 404) {
    if (beresp.ttl > 60s) {
      set beresp.ttl = 60s;
    }
  } elsif (beresp.http.Cache-Control ~ "s-maxage=") {
    set beresp.grace = 7d;
  }
}

sub vcl_backend_error {
  if (bereq.is_bgfetch) {
    return (abandon);
  }
}

sub vcl_deliver {
  # The site is down: what is kept, however old.
  if (resp.status >= 500 && req.http.x-stale && req.http.x-stale != "any") {
    set req.http.x-stale = "any";
    return (restart);
  }
  set resp.http.Vary = regsub(resp.http.Vary, "(, )?x-encoding", "");
  if (resp.http.Vary == "") {
    unset resp.http.Vary;
  }
  # No purge reaches a browser.
  if (resp.http.Cache-Control ~ "s-maxage=") {
    set resp.http.Cache-Control = "public, max-age=0, must-revalidate";
  }
}
