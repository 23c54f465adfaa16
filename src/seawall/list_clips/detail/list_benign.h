#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>

#include "seawall/clip_match/clip_index.h"
#include "seawall/model/entry.h"
#include "seawall/model/feed_item.h"
#include "seawall/model/list_bank.h"
#include "seawall/store/shown_items.h"
#include "seawall/store/store.h"

namespace seawall::list_clips_detail {

/// The banks of the lists, and the pictures of the harmless ones as benign templates of a ClipIndex: those of
/// entries in force, whole entries only.
/// Threads: load() and apply() from one, the rest from any.
class ListBenign {
 public:
  /// Of one tenant, so that nobody's lists crowd out another's; entries beyond are left out until the next
  /// load().
  static constexpr std::size_t kTenantMax = 100'000;

  /// Anew, without the banks that `unseen` names, and of the others as they may be seen: those banks come
  /// with their items. Errors: the store's.
  Result<void> load(ClipIndex& index, StoreView& view, const UnseenChanges& unseen);
  /// After it, what the items named is as `view` has it. `unseen`: concerns none of the items. Errors: the
  /// store's; then it may be tried again.
  Result<void> apply(ClipIndex& index, StoreView& view, std::span<const FeedItem> items,
                     const UnseenChanges& unseen);

  /// Whether a clip of that bank is for one who asks for these banks of this tenant (ListQuery).
  [[nodiscard]] bool is_for(BankId bank, std::string_view tenant, std::span<const BankId> banks) const;
  /// Whether templates of that name count for the tenant at `now`.
  [[nodiscard]] bool is_for(BenignId id, std::string_view tenant, Time now) const;
  [[nodiscard]] std::size_t left_out() const;  ///< Entries over the limits.

 private:
  struct Template {
    BankId bank{};
    std::optional<Time> expires_at;
    std::size_t hashes = 0;
  };
  Result<void> take_banks(ClipIndex& index, StoreView& view, std::span<const ListBank> banks,
                          const UnseenChanges& unseen);
  Result<void> take_bank(ClipIndex& index, StoreView& view, BankId bank, const UnseenChanges& unseen);
  Result<void> take_release(ClipIndex& index, StoreView& view, ReleaseId id);
  Result<void> take_entries(ClipIndex& index, StoreView& view, std::span<const EntryId> ids);
  Result<void> take(ClipIndex& index, const Entry& entry);
  Result<void> drop(ClipIndex& index, EntryId entry);
  Result<void> drop_bank(ClipIndex& index, BankId bank);
  [[nodiscard]] bool is_harmless(BankId bank) const;
  [[nodiscard]] bool any_harmless() const;

  // Guards all below, never while the index is asked; written by load() and apply() alone.
  mutable std::shared_mutex mutex_;
  std::map<BankId, ListBank> banks_;
  std::map<EntryId, BenignId> entries_;
  std::map<BenignId, Template> templates_;
  std::map<std::string, std::size_t, std::less<>> of_tenant_;  // Hashes.
  std::uint32_t last_id_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace seawall::list_clips_detail
