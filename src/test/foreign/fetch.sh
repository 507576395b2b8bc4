# SPDX-License-Identifier: Apache-2.0
# To be sourced: packages of Debian testing with all that they need, for any processor, unpacked into a folder.

# fetch ROOT PROCESSOR PACKAGE...: once; the archive is the one that this machine uses.
fetch() {
  local root=$1 processor=$2 apt=$1.apt site package link
  shift 2
  [ ! -e "$root/complete" ] || return 0
  command -v apt-get >/dev/null || return 1
  # shellcheck disable=SC2016
  site=$(apt-get indextargets --format '$(SITE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 == "main" && $1 ~ /debian\/?$/ { print $1; exit }')
  [ -n "$site" ] || return 1
  rm -rf "$apt" "$root"
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$root"
  : >"$apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site testing main" >"$apt/sources.list"
  get() {
    apt-get -qq -o Dir::State="$apt/state" -o Dir::Cache="$apt/cache" -o Dir::State::status="$apt/status" \
      -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
      -o APT::Architecture="$processor" -o APT::Architectures="$processor" -o APT::Sandbox::User="$(id -un)" "$@"
  }
  get update && get -y --no-install-recommends --download-only install "$@" >/dev/null || return 1
  for link in lib lib64 bin sbin; do
    ln -s "usr/$link" "$root/$link"
  done
  for package in "$apt"/cache/archives/*.deb; do
    dpkg -x "$package" "$root" || return 1
  done
  find "$root/usr/lib/jvm" -lname '/etc/*' | while read -r link; do
    ln -sfn "$root$(readlink "$link")" "$link"
  done
  rm -rf "$apt"
  touch "$root/complete"
}
