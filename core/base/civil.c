// Years are counted from March, so that a leap day comes last.
#include "base/civil.h"
#include <stdio.h>

#define ERA_DAYS    146097 // 400 years
#define MARCH_FIRST 719468 // days from 0000-03-01 to 1970-01-01

int64_t civil_day(int64_t year, int month, int day) {
    if (month <= 2) {
        year--;
        month += 12;
    }
    int64_t leaps = civil_floor_div(year, 4) - civil_floor_div(year, 100) + civil_floor_div(year, 400);
    return year * 365 + leaps + (153 * (month - 3) + 2) / 5 + day - 1 - MARCH_FIRST;
}

struct civil civil_date(int64_t day) {
    int64_t z = day + MARCH_FIRST, era = civil_floor_div(z, ERA_DAYS), of_era = z - era * ERA_DAYS;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = (int)(of_era - (365 * year + year / 4 - year / 100));
    int shifted = (5 * of_year + 2) / 153;
    int month = shifted < 10 ? shifted + 3 : shifted - 9;
    return (struct civil){year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1};
}

int civil_month_length(int64_t year, int month) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return lengths[month - 1] + (month == 2 && is_leap);
}

int civil_weekday(int64_t day) { return (int)(((day + 3) % 7 + 7) % 7); }

// The number at text[at .. at + digits), or -1.
static int number(str text, size_t at, size_t digits) {
    int n = 0;
    for (size_t i = at; i < at + digits; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return -1;
        n = n * 10 + text.ptr[i] - '0';
    }
    return n;
}

bool civil_parse(str text, int64_t *wall) {
    if (text.len != 19 || text.ptr[4] != '-' || text.ptr[7] != '-' || text.ptr[10] != 'T' || text.ptr[13] != ':' ||
        text.ptr[16] != ':')
        return false;
    int year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2);
    int hour = number(text, 11, 2), minute = number(text, 14, 2), second = number(text, 17, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > civil_month_length(year, month)) return false;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
    *wall = civil_day(year, month, day) * CIVIL_DAY + hour * 3600 + minute * 60 + second;
    return true;
}

void civil_text(int64_t wall, char out[CIVIL_TEXT]) {
    int64_t day = civil_day_of(wall);
    struct civil d = civil_date(day);
    int s = (int)(wall - day * CIVIL_DAY);
    snprintf(out, CIVIL_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", (int)(d.year % 10000), d.month, d.day, s / 3600,
             s / 60 % 60, s % 60);
}
