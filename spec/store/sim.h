// A disk in memory whose power can be cut: what was not synced survives or not, sector by sector.
//
// Purpose: a SQLite VFS that keeps two images of each file, what programs see and what the disk holds. A sync carries
// the one over to the other. At a cut each 512-byte sector keeps some state between its last sync and now.
// Threads: one. One connection at a time: locks always succeed.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct sqlite3_vfs;
typedef struct sim sim;

sim *sim_new(uint64_t seed);
void sim_free(sim *d);
struct sqlite3_vfs *sim_vfs(sim *d);
void sim_copy(sim *to, const sim *from); // the files; nothing may be open
void sim_clear(sim *d);                  // an empty disk

void sim_cut_after(sim *d, uint64_t operations); // the power goes at the n-th write, sync, truncate or delete; 0: never
bool sim_is_cut(const sim *d);
void sim_power_on(sim *d); // decides what survived
// One sync in a hundred × `percent` fails, and the kernel calls the lost pages clean: they are seen, and never written.
void sim_fail_syncs(sim *d, unsigned percent);
void sim_set_capacity(sim *d, int64_t bytes); // 0: no bound
bool sim_delete(sim *d, const char *suffix);  // the file whose name ends so; false when there was none
uint64_t sim_random(sim *d, uint64_t below);
