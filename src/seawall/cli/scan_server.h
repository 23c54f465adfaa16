#pragma once

#include <memory>
#include <optional>

#include "seawall/base/random_source.h"
#include "seawall/cli/command.h"
#include "seawall/net/fetcher.h"
#include "seawall/remote_lookup/service_bank.h"
#include "seawall/report/summary.h"

namespace seawall::cli {

inline constexpr OptionSpec kServerOption{
    .name = "--server",
    .value = "URL",
    .help = "compare with the lists of this look-up service instead; only hashes leave this machine",
    .kind = ValueKind::kText};
inline constexpr OptionSpec kKeyFileOption{
    .name = "--key-file",
    .value = "FILE",
    .help = "with --server: the key, in the first line of this file (default: $SEAWALL_KEY)",
    .kind = ValueKind::kFile};
inline constexpr OptionSpec kServerCaOption{
    .name = "--server-ca",
    .value = "FILE",
    .help = "with --server: authorities to trust besides the system's (PEM)",
    .kind = ValueKind::kFile};

/// The key of --key-file, else of $SEAWALL_KEY. Errors: kInvalidInput without either, or for a file that
/// others can read; kNotFound.
Result<Secret> service_key_from(const Arguments& arguments, Console& console);

/// The look-up service that a scan compares with. Threads: as ServiceBank.
class ScanServer {
 public:
  /// From --server, --key-file, --server-ca and $SEAWALL_KEY. `radius_bits`: narrows the service's own.
  /// Errors: kInvalidInput (the address, no key, a key file that others can read), kNotFound.
  static Result<std::unique_ptr<ScanServer>> open(const Arguments& arguments, std::optional<int> radius_bits,
                                                  Console& console);

  [[nodiscard]] const ServiceBank& bank() const { return *bank_; }
  void stop() { bank_->stop(); }
  /// What a scan says of it; is_service().
  [[nodiscard]] const SummaryBank& summary() const { return summary_; }

 private:
  ScanServer() = default;

  SystemRandom random_;
  std::unique_ptr<Fetcher> fetcher_;
  std::unique_ptr<ServiceBank> bank_;
  SummaryBank summary_;
};

}  // namespace seawall::cli
