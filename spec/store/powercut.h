// The parts of the program `powercut`. Each returns the exit status.
#pragma once
#include "ledger.h"

int faults_run(void);
int bench_run(const char *dir);
int case_run(const char *name, const char *dir);
