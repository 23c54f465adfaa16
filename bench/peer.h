#pragma once

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

/// Peers that no Debian package holds take part in ./do bench as plugins: shared libraries that whoever runs
/// the benchmark builds from the peer's own repository, as that repository says, and names in
/// SEAWALL_PEER_PLUGIN. The project holds no peer's code and no recipe for it; this C interface is all that a
/// plugin exports. Several are separated by colons. A function that no plugin has is skipped with a word. See
/// docs/benchmarks.md.
extern "C" {
/// Hash (PDQ's 32 bytes, most significant first, as its hex text reads) and quality 0..100 of packed or
/// padded RGB.
using seawall_peer_pdq_rgb_fn = int(const std::uint8_t* rgb, int width_px, int height_px,
                                    std::ptrdiff_t stride_bytes, std::uint8_t* hash_32, int* quality);
/// The same from the bytes of a JPEG file, by the peer's own path from file to hash.
using seawall_peer_pdq_jpeg_fn = int(const std::uint8_t* file, std::size_t size, std::uint8_t* hash_32,
                                     int* quality);
/// A radius index over n codes of 32 bytes (byte order as above); null when out of memory.
using seawall_peer_index_build_fn = void*(const std::uint8_t* codes, std::size_t n);
/// Number of codes within `radius` (inclusive) of the query.
using seawall_peer_index_count_fn = std::size_t(void* index, const std::uint8_t* code_32, int radius);
using seawall_peer_index_free_fn = void(void* index);
/// The video at `path` to its vPDQ signal, by the peer's own path from file to hashes; how many hashes it
/// has, or below 0. `seconds_per_hash`: 0: every frame. `threads` of hashing.
using seawall_peer_vpdq_file_fn = long(const char* path, double seconds_per_hash, int threads);
}

namespace seawall::bench {

/// The plugin that SEAWALL_PEER_PLUGIN names, opened once. Null members where it is absent or lacks a
/// function.
struct Peer {
  seawall_peer_pdq_rgb_fn* pdq_rgb = nullptr;         ///< seawall_peer_pdq_rgb
  seawall_peer_pdq_jpeg_fn* pdq_jpeg = nullptr;       ///< seawall_peer_pdq_jpeg
  seawall_peer_vpdq_file_fn* vpdq_file = nullptr;     ///< seawall_peer_vpdq_file
  seawall_peer_index_build_fn* mih_build = nullptr;   ///< seawall_peer_mih_build: multi-index hashing
  seawall_peer_index_count_fn* mih_count = nullptr;   ///< seawall_peer_mih_count
  seawall_peer_index_free_fn* mih_free = nullptr;     ///< seawall_peer_mih_free
  seawall_peer_index_build_fn* flat_build = nullptr;  ///< seawall_peer_flat_build: linear scan
  seawall_peer_index_count_fn* flat_count = nullptr;  ///< seawall_peer_flat_count
  seawall_peer_index_free_fn* flat_free = nullptr;    ///< seawall_peer_flat_free
  /// seawall_peer_faiss_flat_build|count|free: faiss's IndexBinaryFlat compiled for this very machine
  /// (Debian's is for any amd64 and lacks its population count).
  seawall_peer_index_build_fn* faiss_flat_build = nullptr;
  seawall_peer_index_count_fn* faiss_flat_count = nullptr;
  seawall_peer_index_free_fn* faiss_flat_free = nullptr;

  static const Peer& instance() {
    static const Peer peer = load();
    return peer;
  }

 private:
  static Peer load() {
    Peer peer;
    const char* paths = std::getenv("SEAWALL_PEER_PLUGIN");
    if (paths == nullptr || *paths == '\0') {
      std::fputs("peer: SEAWALL_PEER_PLUGIN is not set: Meta's reference is skipped (docs/benchmarks.md)\n",
                 stderr);
      return peer;
    }
    std::istringstream list(paths);
    for (std::string path; std::getline(list, path, ':');) peer.add(path);
    return peer;
  }

  /// Takes what this library has and no earlier one had.
  void add(const std::string& path) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      std::fprintf(stderr, "peer: %s\n", dlerror());
      return;
    }
    const auto find = [&](auto*& function, const char* name) {
      if (function != nullptr) return;
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
      if (function == nullptr) std::fprintf(stderr, "peer: %s has no %s\n", path.c_str(), name);
    };
    find(pdq_rgb, "seawall_peer_pdq_rgb");
    find(pdq_jpeg, "seawall_peer_pdq_jpeg");
    find(vpdq_file, "seawall_peer_vpdq_file");
    find(mih_build, "seawall_peer_mih_build");
    find(mih_count, "seawall_peer_mih_count");
    find(mih_free, "seawall_peer_mih_free");
    find(flat_build, "seawall_peer_flat_build");
    find(flat_count, "seawall_peer_flat_count");
    find(flat_free, "seawall_peer_flat_free");
    find(faiss_flat_build, "seawall_peer_faiss_flat_build");
    find(faiss_flat_count, "seawall_peer_faiss_flat_count");
    find(faiss_flat_free, "seawall_peer_faiss_flat_free");
  }
};

}  // namespace seawall::bench
