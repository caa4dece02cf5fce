// The front door: which part a request goes to. The whole table of paths that C knows is in front.c.
#pragma once
#include "engine/intake.h"
#include "worker.h"

struct app;

// On the request's own loop; `in` is that loop's intake.
void front_request(struct app *app, intake *in, struct http_exchange *x);
