#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/access/master_key.h"
#include "seawall/base/digests.h"
#include "seawall/base/result.h"

namespace seawall::jobs_detail {

/// Seals what lies in records, each under a key of its own that the master key makes: so the number of seals
/// of one key stays far below that at which nonces could meet. What was moved to another record is not
/// opened. Threads: const functions, any. Zeroed at its end.
class RecordSeal {
 public:
  RecordSeal(const MasterKey& master, std::string_view purpose) : key_(master.derive(purpose)) {}
  RecordSeal(const RecordSeal&) = delete;
  RecordSeal& operator=(const RecordSeal&) = delete;
  ~RecordSeal();

  /// `record` names the record, within the purpose. Errors: as SealingKey.
  Result<std::string> seal(std::string_view text, std::string_view record) const;
  Result<std::string> open(std::string_view sealed, std::string_view record) const;
  /// A keyed digest: equal texts have equal ones, and nobody without the key learns more.
  [[nodiscard]] std::int64_t digest(std::string_view text) const;

 private:
  Sha256 key_;
};

}  // namespace seawall::jobs_detail
