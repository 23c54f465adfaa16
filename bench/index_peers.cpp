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

struct Plugin {
  seawall_peer_index_build_fn* build;
  seawall_peer_index_count_fn* count;
  seawall_peer_index_free_fn* free;
  [[nodiscard]] bool whole() const { return build != nullptr && count != nullptr && free != nullptr; }
};

class PluginPeer final : public PeerIndex {
 public:
  PluginPeer(const Plugin& plugin, std::span<const Fingerprint256> codes) : plugin_(plugin) {
    std::vector<ByteCode> bytes;
    bytes.reserve(codes.size());
    for (const Fingerprint256& code : codes) bytes.push_back(text_order(code));
    index_ = plugin_.build(bytes[0].data(), bytes.size());
  }
  PluginPeer(const PluginPeer&) = delete;
  PluginPeer& operator=(const PluginPeer&) = delete;
  ~PluginPeer() override { plugin_.free(index_); }
  std::size_t count(const Fingerprint256& query, int radius_bits) override {
    return plugin_.count(index_, text_order(query).data(), radius_bits);
  }

 private:
  const Plugin plugin_;
  void* index_;
};

}  // namespace

std::vector<NamedPeer> peers_for(std::size_t codes) {
  using Codes = std::span<const Fingerprint256>;
  omp_set_num_threads(1);
  std::vector<NamedPeer> peers;
  peers.push_back({"faiss_flat_debian", [](Codes all) {
                     return std::make_unique<FaissPeer>(std::make_unique<faiss::IndexBinaryFlat>(256), all);
                   }});
  const Peer& plugin = Peer::instance();
  const auto add_plugin = [&](const char* name, const Plugin& functions) {
    if (!functions.whole()) return;
    peers.push_back({name, [functions](Codes all) { return std::make_unique<PluginPeer>(functions, all); }});
  };
  if (codes > 20'000'000) return peers;
  add_plugin("faiss_flat_native", {plugin.faiss_flat_build, plugin.faiss_flat_count, plugin.faiss_flat_free});
  peers.push_back({"hma_faiss_multihash", [](Codes all) {
                     auto index = std::make_unique<faiss::IndexBinaryMultiHash>(256, 16, 16);
                     index->nflip = 1;
                     return std::make_unique<FaissPeer>(std::move(index), all);
                   }});
  if (codes <= 2'000'000) {
    add_plugin("threatexchange_mih", {plugin.mih_build, plugin.mih_count, plugin.mih_free});
  }
  add_plugin("threatexchange_flat", {plugin.flat_build, plugin.flat_count, plugin.flat_free});
  return peers;
}

}  // namespace seawall::bench
