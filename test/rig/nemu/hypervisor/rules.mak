# What the configured Makefile includes. Every target wants the submodules to be up to date first.

emulator = x86_64_virt-softmmu/qemu-system-x86_64_virt
objects = x86_64_virt-softmmu/vl.o x86_64_virt-softmmu/guest.o
ifneq ($(CONFIG_BLUEZ),no)
objects += x86_64_virt-softmmu/bt-hid.o
endif

all: subdir-x86_64_virt-softmmu tests/fp/fp-test

subdir-x86_64_virt-softmmu: $(emulator)

.git-submodule-status:
	sh $(SRC_PATH)/scripts/git-submodule.sh $(SRC_PATH) $(GIT_UPDATE) $(GIT_SUBMODULES)

$(emulator): $(objects)
	$(CC) $(QEMU_CFLAGS) -o $@ $^

x86_64_virt-softmmu/%.o: $(SRC_PATH)/%.c | .git-submodule-status
	$(CC) $(QEMU_CFLAGS) -DVERSION='"$(shell cat $(SRC_PATH)/VERSION)"' -c -o $@ $<

x86_64_virt-softmmu/bt-hid.o: $(SRC_PATH)/hw/bt/hid.c | .git-submodule-status
	$(CC) $(QEMU_CFLAGS) -c -o $@ $<

tests/fp/fp-test: | .git-submodule-status
	mkdir -p tests/fp
	$(CC) $(QEMU_CFLAGS) -o $@ $(SRC_PATH)/tests/fp/berkeley-testfloat-3/source/fail.c \
		$(SRC_PATH)/tests/fp/berkeley-softfloat-3/source/softfloat_state.c

.PHONY: all subdir-x86_64_virt-softmmu .git-submodule-status
