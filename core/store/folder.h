// The data folder: made when missing, locked against a second server, with some space held back for a full disk.
//
// Purpose: DIR/lock holds the process id of the server; DIR/ballast is deleted when the disk is full, so that people's
// actions and escalations still find room, and is made again once there is enough.
// Threads: the store's own.
#pragma once
#include "base/err.h"

typedef struct folder folder;

// Makes the folder (0700), locks it and reserves the ballast. ERR_BUSY names the process that holds it.
err folder_open(const char *dir, folder **out, struct why *why);
void folder_close(folder *f);   // accepts NULL; the ballast stays for the next start
bool folder_reserve(folder *f); // makes the ballast when it is not there; false: there is no room for it
void folder_release(folder *f); // gives the ballast back to the disk
