#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/index/live_index.h"
#include "seawall/model/signal.h"

namespace seawall {

/// One stored digest: the 16, 20 or 32 bytes of an MD5, SHA-1 or SHA-256. Bytes after those are zero.
struct DigestEntry {
  std::array<std::byte, 32> digest{};
  EntryId id{};
  friend bool operator==(const DigestEntry&, const DigestEntry&) = default;
};

/// As IndexChange, for digests.
struct DigestChange {
  std::span<const DigestEntry> add;
  std::span<const EntryId> remove;
  std::uint64_t position = 0;
};

/// A set of (digest, id) pairs of one digest type that answers "whose is this digest" exactly while it
/// changes. Same guarantees, files, threads and restart semantics as LiveIndex.
class LiveDigestIndex {
 public:
  /// `type`: kMd5, kSha1 or kSha256; a folder holds one type. Errors: as LiveIndex::open; kInvalidInput for
  /// kPdq.
  static Result<std::unique_ptr<LiveDigestIndex>> open(const std::filesystem::path& directory,
                                                       SignalType type, const LiveIndexOptions& options = {});
  static Result<std::unique_ptr<LiveDigestIndex>> in_memory(SignalType type);
  virtual ~LiveDigestIndex() = default;

  virtual Result<void> apply(const DigestChange& change) = 0;

  /// The ids that own `digest`, ascending. Errors: kInvalidInput unless digest.size() is that of the type.
  virtual Result<std::vector<EntryId>> find(std::span<const std::byte> digest) const = 0;
  /// `digests`: each padded with zeros to 32 bytes. `visit(i, ids)` once for each, in any order.
  virtual Result<void> find_batch(std::span<const std::array<std::byte, 32>> digests,
                                  FunctionRef<void(std::size_t, std::span<const EntryId>)> visit) const = 0;

  [[nodiscard]] virtual std::uint64_t position() const = 0;
  [[nodiscard]] virtual std::size_t size() const = 0;  ///< Live (digest, id) pairs.
  virtual Result<void> merge() = 0;
  /// Reads every byte and checks every checksum. Errors: kCorrupt names the file.
  virtual Result<void> verify() const = 0;
};

}  // namespace seawall
