// Somebody set the wall clock: engine time follows it, and what waits for a time to pass moves with it, once.
//
// So a wait of five minutes takes five minutes, a step that waits for 08:00 comes at 08:00 on the new clock, and who is on
// call is asked for the right moment. A step is noticed within seconds while the server runs. One made while it was down
// shows only when the clock is behind what the database remembers: then waits go on as if no time had passed.
// Of many notifications and jobs the first are moved in the transaction that follows the step, and the others in small ones
// after it (also after a restart); until then no job may be run, and of the outbox only pages that were decided later.
// Threads: clock_step_at_start before others run; items on the commit thread; clock_is_off on any.
#pragma once
#include "engine/engine.h"

#define CLOCK_STEP_MIN_US \
    INT64_C(500000) // slower differences come from the clock's discipline, and both clocks have them

struct clock_item {
    struct commit_item item; // the caller sets `done`
    engine *engine;
    int64_t by_us;   // the step that it followed; 0: the clock is right, or an earlier one is still being followed
    bool has_more;   // rows have the moments of before the step: it is time for the next item
    int64_t unmoved; // among them may be notifications with an id up to this; 0: only jobs
};
void clock_item_init(struct clock_item *c, engine *e);
bool clock_is_off(const env *clock);                        // it is time for an item
void clock_step_at_start(engine *e);                        // of a clock that was set back while nobody ran
bool clock_step_goes_on(const engine *e, int64_t *unmoved); // at the start: it is time for an item
// In a transaction: how far the moments in a notification's row are behind engine time, because they were not moved yet.
err clock_step_behind(engine *e, arena *a, int64_t notification_id, int64_t *by_us);
void clock_step_undo(engine *e); // the transaction with the item was rolled back
void clock_step_keep(engine *e); // it was committed
