# Where clean systems come from: EASEL_DEBIAN_MIRROR and EASEL_DEBIAN_SECURITY_MIRROR, or else what this machine's own apt uses.
# To be sourced; sets mirror and security.
repositories=$(apt-get indextargets --format '$(REPO_URI)' | sort -u)
mirror=${EASEL_DEBIAN_MIRROR:-$(grep -v -e '-security/*$' <<<"$repositories" | head -n 1)}
security=${EASEL_DEBIAN_SECURITY_MIRROR:-$(grep -e '-security/*$' <<<"$repositories" | head -n 1 || true)}
