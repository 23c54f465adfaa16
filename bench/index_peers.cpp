#include "index_peers.h"

#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <omp.h>

#include <array>
#include <cstring>

#include "peer.h"

namespace seawall::bench {
namespace {

using ByteCode = std::array<std::uint8_t, 32>;

/// Most significant byte first, as its hex text reads.
ByteCode text_order(const Fingerprint256& code) {
  ByteCode bytes;
  for (std::size_t i = 0; i < 32; ++i)
    bytes[i] = static_cast<std::uint8_t>(code.words[3 - i / 8] >> (56 - 8 * (i % 8)));
  return bytes;
}

class FaissPeer final : public PeerIndex {
 public:
  FaissPeer(std::unique_ptr<faiss::IndexBinary> index, std::span<const Fingerprint256> codes)
      : index_(std::move(index)) {
    index_->add(static_cast<faiss::IndexBinary::idx_t>(codes.size()),
                reinterpret_cast<const std::uint8_t*>(codes.data()));
  }
  std::size_t count(const Fingerprint256& query, int radius_bits) override {
    faiss::RangeSearchResult result(1);
    // Its radius is exclusive.
    index_->range_search(1, reinterpret_cast<const std::uint8_t*>(&query), radius_bits + 1, &result);
    return result.lims[1];
  }

 private:
  std::unique_ptr<faiss::IndexBinary> index_;
};

class PluginPeer final : public PeerIndex {
 public:
  PluginPeer(seawall_peer_index_build_fn* build, seawall_peer_index_count_fn* counter,
             seawall_peer_index_free_fn* release, std::span<const Fingerprint256> codes)
      : count_(counter), free_(release) {
    std::vector<ByteCode> bytes;
    bytes.reserve(codes.size());
    for (const Fingerprint256& code : codes) bytes.push_back(text_order(code));
    index_ = build(bytes[0].data(), bytes.size());
  }
  PluginPeer(const PluginPeer&) = delete;
  PluginPeer& operator=(const PluginPeer&) = delete;
  ~PluginPeer() override { free_(index_); }
  std::size_t count(const Fingerprint256& query, int radius_bits) override {
    return count_(index_, text_order(query).data(), radius_bits);
  }

 private:
  seawall_peer_index_count_fn* count_;
  seawall_peer_index_free_fn* free_;
  void* index_;
};

}  // namespace

std::vector<NamedPeer> build_peers(std::span<const Fingerprint256> codes) {
  omp_set_num_threads(1);
  std::vector<NamedPeer> peers;
  peers.push_back({"faiss_flat_debian",
                   std::make_unique<FaissPeer>(std::make_unique<faiss::IndexBinaryFlat>(256), codes)});
  auto multi_hash = std::make_unique<faiss::IndexBinaryMultiHash>(256, 16, 16);
  multi_hash->nflip = 1;
  peers.push_back({"hma_faiss_multihash", std::make_unique<FaissPeer>(std::move(multi_hash), codes)});
  const Peer& plugin = Peer::instance();
  if (plugin.mih_build != nullptr && plugin.mih_count != nullptr && plugin.mih_free != nullptr) {
    peers.push_back({"threatexchange_mih", std::make_unique<PluginPeer>(plugin.mih_build, plugin.mih_count,
                                                                        plugin.mih_free, codes)});
  }
  if (plugin.flat_build != nullptr && plugin.flat_count != nullptr && plugin.flat_free != nullptr) {
    peers.push_back({"threatexchange_flat", std::make_unique<PluginPeer>(plugin.flat_build, plugin.flat_count,
                                                                         plugin.flat_free, codes)});
  }
  return peers;
}

}  // namespace seawall::bench
