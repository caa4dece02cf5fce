#include "engine/aside.h"
#include "store/store.h"

bool aside_finds(const struct aside_tools *tools, const char *sql) {
    bool is_there = false;
    store_stmt *st = store_prepare(tools->store, sql);
    err e = store_step(st, &is_there);
    store_reset(st);
    return is_there || e != ERR_OK;
}
