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

# fetch_busybox FOLDER: Debian's static arm64 busybox, a real program for the tests. Nothing is installed, and the machine's own
# package lists stay as they are; where the mirror has no arm64 the tests that want it are skipped.
fetch_busybox() {
  [ -x "$1/busybox" ] && return
  local apt
  mkdir -p "$1"
  apt=$(mktemp -d)
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  local options=(-qq -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o "APT::Architectures::=$(dpkg --print-architecture)"
    -o APT::Architectures::=arm64 -o APT::Sandbox::User=root)
  if (cd "$apt" && apt-get "${options[@]}" update && apt-get "${options[@]}" download busybox-static:arm64 &&
    dpkg -x busybox-static_*.deb out && cp out/bin/busybox out/busybox) >/dev/null 2>&1; then
    cp "$apt/out/busybox" "$1/busybox"
  else
    echo "no busybox-static:arm64 to be had: its tests are skipped" >&2
  fi
  rm -rf "$apt"
}
