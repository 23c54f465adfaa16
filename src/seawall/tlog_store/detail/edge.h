#pragma once

#include <array>
#include <string>
#include <string_view>

#include "seawall/base/function_ref.h"
#include "seawall/tlog/proofs.h"

namespace seawall::tlog::detail {

/// Takes a file of the log as it comes to be: a tile or a bundle, and its bytes.
using EmitFile = FunctionRef<Result<void>(const std::string& path, const std::string& bytes)>;
/// Gives the bytes of a file of the log.
using ReadPath = FunctionRef<Result<std::string>(const std::string& path)>;

/// A growing log's right edge: the tiles and the bundle that are not full. All that appending needs; a value,
/// so that an append which fails is a copy that is dropped. Memory: at most 64 KiB of hashes and 16 MiB of
/// entries.
class Edge {
 public:
  /// That of a log of `size` <= kSizeMax. Reads a tile a level and a bundle. Errors: kCorrupt if they do not
  /// fit each other; those of `read`.
  static Result<Edge> load(std::uint64_t size, ReadPath read);

  /// Appends an entry; emits what becomes full by it. Errors: kLimitExceeded; those of `emit`.
  Result<void> add(std::string_view entry, EmitFile emit);
  /// Emits the partial tiles and the partial bundle that a log of `old_size` has not.
  Result<void> emit_partial(std::uint64_t old_size, EmitFile emit) const;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Cost: at most 256 hashes a level.
  [[nodiscard]] TreeHead head() const;

 private:
  Result<void> push(unsigned level, const Hash& hash, EmitFile emit);
  Result<void> check_bundle() const;

  std::uint64_t size_ = 0;
  std::array<std::vector<Hash>, kTileLevels> tiles_;
  std::string bundle_;
};

}  // namespace seawall::tlog::detail
