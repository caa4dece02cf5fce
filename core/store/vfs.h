// The file layer under one database: SQLite's calls pass through here, counted, timed and watched.
//
// Purpose: the first write or sync that fails is latched, and from then on every change of a file fails. After a
// failed sync the kernel calls the lost pages clean, so going on (or trusting the page cache after a restart) loses
// what was already answered. A latch leaves a marker file behind; `vfs_heal` makes the files sound at the next start.
// A full disk is not a latch: SQLite rolls back, and the next transaction tries again.
// Ownership: one vfs per connection, freed after it is closed.
// Threads: used by the connection's thread; stats and vfs_is_broken may be read from any.
#pragma once
#include "base/err.h"
#include <stdint.h>

struct sqlite3_vfs;
typedef struct vfs vfs;

struct vfs_stats {
    uint64_t reads, writes, syncs, failures;
    uint64_t read_bytes, written_bytes;
    uint64_t read_ns, write_ns, sync_ns;
};

// What shall go wrong, for specs. The n-th call is counted from vfs_set_faults on; 0: none fails.
struct vfs_faults {
    uint64_t fail_sync_at, fail_write_at; // input or output error
    uint64_t full_at;                     // the n-th write finds no space
    bool is_for_good;                     // and every one after it
    int slow_sync_ms;
};

vfs *vfs_new(struct sqlite3_vfs *base); // NULL: the system's files
vfs *vfs_new_beside(vfs *first);        // for a second connection: one latch, one count; freed before the first
void vfs_free(vfs *v);                  // accepts NULL
const char *vfs_name(const vfs *v);     // for sqlite3_open_v2
bool vfs_is_broken(const vfs *v);
struct vfs_stats vfs_stats(const vfs *v);
void vfs_set_faults(vfs *v, const struct vfs_faults *faults);

// Where a latch leaves its marker. Borrowed until vfs_free.
void vfs_set_marker(vfs *v, const char *path);
// When the marker is there: writes every byte of the database and its log again and syncs them, so that what the page
// cache holds is what the disk holds; then removes the marker. `is_healed` tells whether there was something to do.
err vfs_heal(vfs *v, const char *database, bool *is_healed, struct why *why);
