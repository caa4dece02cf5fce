// Dates and wall-clock times: the proleptic Gregorian calendar as numbers. Pure; any thread.
//
// A day is counted from 1970-01-01. A wall-clock time is seconds from 1970-01-01T00:00:00 on the clock on the wall, which
// says nothing about a zone; base/zone makes moments of it. Years: -999999 to 999999.
#pragma once
#include "base/str.h"

struct civil {
    int64_t year;
    int month, day; // 1..12, 1..31
};

int64_t civil_day(int64_t year, int month, int day); // of a date
struct civil civil_date(int64_t day);
int civil_month_length(int64_t year, int month);
int civil_weekday(int64_t day); // Monday is 0

#define CIVIL_DAY    ((int64_t)86400)
#define CIVIL_SECOND ((int64_t)1000000) // µs

static inline int64_t civil_floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }
static inline int64_t civil_day_of(int64_t wall) { return civil_floor_div(wall, CIVIL_DAY); }

// "2026-05-19T12:37:01" <-> a wall-clock time; false when the text is no such time.
bool civil_parse(str text, int64_t *wall);
#define CIVIL_TEXT 48
void civil_text(int64_t wall, char out[CIVIL_TEXT]);
