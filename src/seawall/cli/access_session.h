#pragma once

#include <memory>
#include <optional>
#include <string>

#include "seawall/access/master_key.h"
#include "seawall/base/system_clock.h"
#include "seawall/cli/command.h"
#include "seawall/store/access.h"

namespace seawall::cli {

inline constexpr OptionSpec kAccessKeyOption{
    .name = "--access-key",
    .value = "FILE",
    .help = "the access key, as `seawall access init` makes it (default: the key in $SEAWALL_ACCESS_KEY)",
    .kind = ValueKind::kFile};
inline constexpr OptionSpec kTenantOption{.name = "--tenant",
                                          .value = "NAME",
                                          .help = "whose it is",
                                          .kind = ValueKind::kText,
                                          .default_value = "default"};

/// Keys and accounts of the store that a command works on. Whoever may write the store and read the access
/// key may do all of it: no role is asked for on the machine itself. Threads: one.
class AccessSession {
 public:
  /// By --store or $SEAWALL_STORE. Errors: kInvalidInput without either; those of open_access_store().
  static Result<std::unique_ptr<AccessSession>> open(const Arguments& arguments);

  [[nodiscard]] AccessStore& store() { return *store_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  explicit AccessSession(std::unique_ptr<AccessStore> store) : store_(std::move(store)) {}

  std::unique_ptr<AccessStore> store_;
  SystemClock clock_;
};

/// The file that --access-key names, else what $SEAWALL_ACCESS_KEY holds. Errors: kInvalidInput without
/// either; those of MasterKey::from() and credentials_from_file(); never with the key.
Result<MasterKey> master_key_from(const Arguments& arguments);
/// --tenant. Errors: kInvalidInput unless it is 1 to 200 bytes without control characters.
Result<std::string> tenant_from(const Arguments& arguments);
/// --expires DATE or --days N from `now`; nullopt without either. Errors: kInvalidInput with both, or for
/// what is no date.
Result<std::optional<Time>> expiry_from(const Arguments& arguments, Time now);

}  // namespace seawall::cli
