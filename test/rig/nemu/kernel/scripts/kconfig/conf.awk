# Kconfig in small: `-v mode=TARGET -v kconfig=FILE -v config=.config`.
#   tinyconfig, allnoconfig  every symbol off
#   defconfig                every symbol at its default
#   olddefconfig             what .config has of the symbols that there are; the default for those that it lacks
#   oldconfig, syncconfig    the same, but asks on the standard input for every symbol that .config lacks

BEGIN {
	while ((getline line < kconfig) > 0) {
		split(line, word, " ")
		if (word[1] == "config") {
			symbols[++count] = symbol = word[2]
			value[symbol] = "n"
		} else if (word[1] == "default")
			value[symbol] = word[2]
		else if (word[1] == "depends")
			depends[symbol] = word[3]
	}
	if (count == 0)
		stop("no symbols in " kconfig)
	if (mode !~ /^(tiny|allno|def|olddef|old|sync)config$/)
		stop("no such target: " mode)
	if (mode ~ /^(tiny|allno)/)
		for (i = 1; i <= count; i++)
			value[symbols[i]] = "n"
	if (mode ~ /^(olddef|old|sync)/)
		read_config()
	if (mode ~ /^(old|sync)config/)
		ask()
	write_config()
}

function read_config(line) {
	while ((getline line < config) > 0)
		if (match(line, /^CONFIG_[A-Za-z0-9_]+=/))
			had(substr(line, 8, RLENGTH - 8), substr(line, RLENGTH + 1))
		else if (match(line, /^# CONFIG_[A-Za-z0-9_]+ is not set$/))
			had(substr(line, 10, length(line) - 20), "n")
	close(config)
}

function had(symbol, setting) {
	seen[symbol] = 1
	if (symbol in value)
		value[symbol] = setting
}

function ask(i, symbol, answer) {
	for (i = 1; i <= count; i++) {
		symbol = symbols[i]
		if ((symbol in seen) || !is_visible(symbol))
			continue
		printf "%s [N/y/?] (NEW) ", symbol
		fflush()
		if ((getline answer < "-") <= 0)
			stop("\nConsole input/output is redirected. Run 'make oldconfig' to update configuration.\n")
		if (answer != "")
			value[symbol] = answer
	}
}

function is_visible(symbol) {
	return !(symbol in depends) || value[depends[symbol]] == "y"
}

function write_config(i, symbol) {
	print "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 4.18.0 Kernel Configuration\n#" > config
	for (i = 1; i <= count; i++) {
		symbol = symbols[i]
		if (!is_visible(symbol))
			continue
		if (value[symbol] == "n")
			print "# CONFIG_" symbol " is not set" > config
		else
			print "CONFIG_" symbol "=" value[symbol] > config
	}
	close(config)
}

function stop(words) {
	print words > "/dev/stderr"
	exit 1
}
