#include "courier.h"
#include "base/mem.h"

struct courier {
    const struct settings *settings;
    env *env;
    struct address_guard guard;
    resolver *resolver;
    http_client *client;
};

err courier_new(const struct settings *settings, env *clock, courier **out, struct why *why) {
    courier *c = NEW(courier);
    c->settings = settings;
    c->env = clock;
    err e = address_guard_parse(str_of(settings->allow_private_webhooks), &c->guard, why);
    if (e == ERR_OK) *out = c;
    else mem_free(c);
    return e;
}

void courier_free(courier *c) { mem_free(c); }

static void send_call(void *ctx, const struct http_call *call) {
    courier *c = ctx;
    http_client_send(c->client, call);
}

struct outbox_sender courier_sender(courier *c) {
    return (struct outbox_sender){.ctx = c, .send = send_call};
}

err courier_open(courier *c, struct uv_loop_s *loop, struct why *why) {
    struct resolver_options names = {.loop = loop, .env = c->env, .servers = c->settings->dns_servers};
    err e = resolver_new(&names, &c->resolver, why);
    if (e != ERR_OK) return e;
    struct http_client_options options = {.loop = loop,
                                          .resolver = c->resolver,
                                          .guard = &c->guard,
                                          .proxy = c->settings->outgoing_proxy,
                                          .ca_file = c->settings->ca_file};
    return http_client_new(&options, &c->client, why);
}

void courier_close(courier *c) {
    http_client_free(c->client);
    resolver_free(c->resolver);
    c->client = NULL;
    c->resolver = NULL;
}
