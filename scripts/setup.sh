# Sourced by scripts/run, scripts/test and scripts/bench: installs what is missing, configures and builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Debian 12 names. The build needs the first group; tests and benchmarks also need the second.
build_packages=(g++ cmake ninja-build python3 g++-aarch64-linux-gnu binutils-aarch64-linux-gnu libcapstone-dev
  libboost-dev libboost-program-options-dev libspdlog-dev nlohmann-json3-dev zlib1g-dev libzstd-dev libfdt-dev catch2 libxbyak-dev)
test_packages=(qemu-system-arm qemu-user gdb-multiarch clang libclang-rt-14-dev)

install_missing() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=''
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  echo "installing: ${missing[*]}" >&2
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# build PRESET [TARGET ...]: configures once, then builds what changed; everything, or only the targets.
build() {
  local preset=$1
  shift
  cmake --preset "$preset" >/tmp/foldwalk-configure.$$ 2>&1 || { cat /tmp/foldwalk-configure.$$ >&2; exit 2; }
  rm -f /tmp/foldwalk-configure.$$
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

# unpack_arm64 FOLDER PACKAGE ...: Debian's arm64 packages, unpacked there. Nothing is installed, and the machine's own package
# lists stay as they are.
unpack_arm64() {
  local folder=$1 apt status=0
  shift
  apt=$(mktemp -d)
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  local options=(-qq -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o "APT::Architectures::=$(dpkg --print-architecture)"
    -o APT::Architectures::=arm64 -o APT::Sandbox::User=root)
  (cd "$apt" && apt-get "${options[@]}" update && apt-get "${options[@]}" download "${@/%/:arm64}" &&
    for package in *.deb; do dpkg -x "$package" "$folder" || exit; done) >/dev/null 2>&1 || status=1
  rm -rf "$apt"
  return "$status"
}

# fetch_real_programs FOLDER: real arm64 programs for the tests: the static busybox, and 7zip/ with 7-Zip's 7zz, the libraries that
# it needs and their loader, which is a static program. Where the mirror has no arm64 the tests that want them are skipped.
fetch_real_programs() {
  [ -x "$1/busybox" ] && [ -x "$1/7zip/7zz" ] && return
  local folder unpacked lib=lib/aarch64-linux-gnu
  folder=$(mkdir -p "$1/7zip" && cd "$1" && pwd)
  unpacked=$(mktemp -d)
  if unpack_arm64 "$unpacked" busybox-static 7zip libc6 libgcc-s1 libstdc++6; then
    cp "$unpacked/bin/busybox" "$folder"
    (cd "$unpacked" && cp -L "$lib"/{ld-linux-aarch64.so.1,libc.so.6,libm.so.6,libgcc_s.so.1} "usr/$lib/libstdc++.so.6" usr/bin/7zz "$folder/7zip")
  else
    echo "no arm64 packages of Debian to be had: the tests of busybox and 7-Zip are skipped" >&2
  fi
  rm -rf "$unpacked"
}
