#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "seawall/follow/list_follower.h"
#include "seawall/lookup/lookup_service.h"
#include "seawall/service/call.h"
#include "seawall/service/hma_media.h"
#include "seawall/service/list_names.h"
#include "seawall/service/service_metrics.h"

namespace seawall {

/// HMA's /h and /m but /m/index/status: docs/formats/hma-api.md. Threads: any. Lifetime: borrows its parts.
class HmaMatchCalls {
 public:
  struct Parts {
    LookupService& lookup;
    const ListFollower& lists;
    ListNames& names;
    HmaMedia& media;
    ServiceMetrics& metrics;
    VariantProfile profile = VariantProfile::kNone;  ///< Of files.
    bool lookups_block = true;                       ///< As MatchCalls has it.
  };
  explicit HmaMatchCalls(const Parts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  struct Ask;
  struct Meant;
  struct Found;

  CallResult hash_url(Call& call);
  CallResult hash_file(Call& call);
  CallResult answer_hash(const HmaFile& file);

  std::variant<Lane, CallResult> begin_lookup(Call& call);
  CallResult run_lookup(Call& call);
  CallResult lookup_file(Call& call);
  static HmaRead<std::optional<HttpAnswer>> read_ask(Call& call, Ask& ask);
  HmaRead<Found> look_up_signal(Call& call, const Ask& ask);
  [[nodiscard]] CallResult answer_signal(const Ask& ask, const Found& found) const;
  HmaRead<Found> look_up_media(Call& call, const Ask& ask, const HmaFile& file);
  CallResult answer_media(Call& call, const Ask& ask, const HmaFile& file);
  HmaRead<Meant> meant(const Call& call, const Ask& ask);
  HmaRead<LookupAnswer> asked(const AskedItem& item, const LookupOptions& options);
  HmaRead<LookupAnswer> asked(std::span<const std::byte> file, const LookupOptions& options);
  void count(const LookupAnswer& answer);
  [[nodiscard]] bool knows_names(const Found& found) const;
  Result<void> know_names(const Found& found);
  [[nodiscard]] std::string by_bank(const Ask& ask, const Found& found) const;

  Parts parts_;
};

/// POST /m/compare, which needs nothing. Pure.
CallResult hma_compare(const Call& call);

}  // namespace seawall
