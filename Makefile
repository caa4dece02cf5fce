# Thin door to CMake and the specs. Everything is in CMakeLists.txt, vendor/ and spec/.
#   make run     install what is missing, build, serve on http://127.0.0.1:8080 with data in ./var
#   make build   leave build/tocsin            make test    run every spec
#   make lint    format, tidy, luacheck        make fault   kill -9, power cuts, disk full (long)
#   make bench   beside Alertmanager, Jinja2    make fuzz    parsers and the API against hostile input
#   make differential   20,000 random templates beside the real Jinja2 (GENERATED=n, SEED=n)
#   SAN=address,undefined or SAN=thread builds into its own folder with that sanitizer; CC=clang works.
SAN   ?=
BUILD ?= build$(if $(SAN),-$(subst $(comma),-,$(SAN)))
comma := ,
TYPE  ?= RelWithDebInfo
LISTEN ?= 127.0.0.1:8080

.PHONY: build run test lint fault bench fuzz differential gallery clean
build:
	@vendor/install.sh build
	@test -f $(BUILD)/build.ninja || cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=$(TYPE) -DSAN="$(SAN)" $(CMAKE_FLAGS)
	@cmake --build $(BUILD)

run: build
	@exec spec/support/run.sh $(BUILD)/tocsin $(LISTEN)

test: build
	@vendor/install.sh test
	@spec/run.sh $(BUILD) "$(SAN)" $(SPEC)

fault: build
	@vendor/install.sh test
	@FAULT=long spec/run.sh $(BUILD) "$(SAN)" spec/fault spec/store

bench: build
	@vendor/install.sh test bench
	@spec/bench/run.sh $(BUILD)

fuzz: build
	@vendor/install.sh build lint test
	@FUZZ_REQUESTS=$${FUZZ_REQUESTS:-10000} SEED=$${SEED:-$$(date +%s)} spec/run.sh $(BUILD) "$(SAN)" spec/api/openapi_fuzz_spec.lua
	@spec/fuzz/run.sh $(BUILD)

differential: build
	@vendor/install.sh test
	@GENERATED=$${GENERATED:-20000} SEED=$${SEED:-$$(date +%s)} spec/run.sh $(BUILD) "$(SAN)" spec/differential

gallery: build
	@$(BUILD)/tocsin gallery > $(BUILD)/gallery.html && echo $(BUILD)/gallery.html

lint:
	@vendor/install.sh build lint
	@spec/support/lint.sh $(BUILD)

clean:
	rm -rf build build-*
