// What the in-process core sends, kept until a spec answers it: the sender of a world without a network.
//
// One thread. Ports of the in-process engine: `outgoing` {} → a list of {id, method, url, headers, body, mail}, each told
// once; `answer` {id, status, headers: {…}, body} or {id, failure: "TIMEOUT"} → {}.
#pragma once
#include "engine/outbox.h"

typedef struct postbox postbox;

postbox *postbox_new(void);
void postbox_free(postbox *p); // accepts NULL
struct outbox_sender postbox_sender(postbox *p);
bool postbox_has(str port); // whether it is one of the two
err postbox_port(postbox *p, str name, str json, buf *out, struct why *why);
