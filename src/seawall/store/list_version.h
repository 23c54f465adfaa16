#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "seawall/base/digests.h"
#include "seawall/crypto/sha256.h"
#include "seawall/model/entry.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/release.h"
#include "seawall/store/store.h"

namespace seawall {

// What makes two who hold the same list version hold the same lists. Bytes: docs/formats/list-version.md.

/// The chain of a version, from that of the version before (all zero before version 1) and its feed item;
/// of `item.version` only the number counts.
[[nodiscard]] Sha256 next_chain(const Sha256& before, const FeedItem& item);

/// The digests of feed items' subjects. Of a release: Release::digest.
[[nodiscard]] Sha256 digest_of(const ListBank& bank);
[[nodiscard]] Sha256 digest_of(const Source& source);
[[nodiscard]] Sha256 digest_of(const Entry& entry);
/// Of a KnownKey, and of an entry's content alone.
[[nodiscard]] Sha256 digest_of(const EntryContent& content);

/// Computes Release::digest piece by piece: the new entries in order of place, then the pending changes in
/// order of entry. Its state between pieces is 32 bytes at each multiple of kGroup entries, so that a load
/// can be resumed without reading it all again.
/// Threads: one. Cost: about 0.5 us an entry.
class ReleaseDigest {
 public:
  static constexpr std::uint32_t kGroup = 1024;

  ReleaseDigest() = default;
  /// Goes on after `entries` entries, a multiple of kGroup, whose state() was `state`.
  ReleaseDigest(const Sha256& state, std::uint64_t entries) : state_(state), entries_(entries) {}

  /// `content`: canonical.
  void add(std::string_view key, std::string_view content, std::optional<EntryState> own_state,
           std::string_view state_reason);
  /// The state after the last whole group.
  [[nodiscard]] const Sha256& state() const { return state_; }
  [[nodiscard]] std::uint64_t entries() const { return entries_; }

  /// After the last add(). No content: withdrawn.
  void add_pending(EntryId entry, std::optional<std::string_view> content);
  /// After the last of both.
  [[nodiscard]] Sha256 finish();

 private:
  void end_group();
  void end_entries();

  Sha256Hasher hasher_;
  Sha256 state_{};
  std::uint64_t entries_ = 0;
  std::uint64_t pending_ = 0;
  bool entries_ended_ = false;
};

}  // namespace seawall
