// /metrics in the Prometheus text format: what the parts count, gathered when it is asked for. Any thread.
#pragma once
#include "base/buf.h"

struct app;
void metrics_write(struct app *app, buf *out);
