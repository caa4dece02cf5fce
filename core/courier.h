// Carries out what the outbox sends: names, guard and client on the pager's loop.
//
// Threads: open and close on the controlling thread, while the loop does not run; send on the loop's.
#pragma once
#include "engine/outbox.h"
#include "settings.h"

typedef struct courier courier;

// ERR_INVALID: a setting (dns_servers, allow_private_webhooks) is no good.
err courier_new(const struct settings *settings, env *clock, courier **out, struct why *why);
void courier_free(courier *c); // accepts NULL
struct outbox_sender courier_sender(courier *c);
err courier_open(courier *c, struct uv_loop_s *loop, struct why *why);
// Gives up what is under way; the loop has to run once more afterwards.
void courier_close(courier *c);
