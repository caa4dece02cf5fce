// What work costs, in units of fuel of about 10 ns each; script/fuel.h says what is charged and who pays.
#pragma once

#define FUEL_STEP  10 // units for one loop head, call, filter or test
#define FUEL_BYTES 16 // bytes read or built for one unit
