#!/usr/bin/env bash
# What the recipe `stock` does up to its builds, as somebody would write it by hand. $1: the clone of bootlap.
set -euo pipefail
root=$1
here=$PWD

# The machine's own entries, with their source packages.
mkdir -p apt/sources apt/lists/partial apt/cache/archives/partial
for list in /etc/apt/sources.list.d/*.sources; do
  sed 's/^Types: deb$/Types: deb deb-src/' "$list" > "apt/sources/$(basename "$list")"
done
apt=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$here/apt/sources" -o "Dir::State::Lists=$here/apt/lists"
  -o "Dir::Cache=$here/apt/cache" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update

apt-get "${apt[@]}" source --download-only qemu &
package=$(apt-cache "${apt[@]}" depends linux-source | awk '/Depends: linux-source-/ { print $2 }')
apt-get "${apt[@]}" download "$package"
wait

mkdir qboot
tar -xf qemu_*.orig.tar.xz --strip-components=3 -C qboot --wildcards '*/roms/qboot'
(cd qboot && CFLAGS=-DBENCHMARK_HACK meson setup build && ninja -C build bios.bin)

mkdir linux deb
dpkg-deb --fsys-tarfile linux-source-*.deb | tar -x -C deb
tar -xf deb/usr/src/linux-source-*.tar.xz --strip-components=1 -C linux
patch -p1 -d linux < "$(ls "$root"/src/patches/linux/5.8/*.patch | head -n 1)"
make -C linux O=build tinyconfig
(cd linux && scripts/kconfig/merge_config.sh -m -O build build/.config "$root/configs/kernel/boot.config")
make -C linux O=build olddefconfig
make -C linux O=build -j"$(nproc)" bzImage
