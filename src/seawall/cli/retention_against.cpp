#include "seawall/cli/retention_against.h"

namespace seawall::cli {
namespace {

class HoldingAgainst final : public AuditTeller {
 public:
  HoldingAgainst(Console& console, LogRecordRetention& retention)
      : AuditTeller(console, ""), retention_(retention) {}

  Result<void> on_finding(const Finding& /*finding*/) override { return {}; }
  Result<void> on_entry(std::uint64_t index, std::string_view text,
                        const Result<LogEntry>& /*entry*/) override {
    SEAWALL_TRY(const bool has, retention_.has(index, text));
    if (!has && missing_++ == 0) first_ = index;
    return {};
  }
  [[nodiscard]] Result<void> verdict() const {
    if (missing_ == 0) return {};
    return fail(Code::kCorrupt, "the store lacks the records of " + std::to_string(missing_) +
                                    " entries of the log, the first of which is leaf " +
                                    std::to_string(first_) + ": they were taken away or changed");
  }

 private:
  LogRecordRetention& retention_;
  std::uint64_t missing_ = 0;
  std::uint64_t first_ = 0;
};

}  // namespace

Result<void> check_against_log(const Arguments& arguments, Console& console, LogRecordRetention& retention) {
  const auto where = arguments.text("--against");
  if (!where) return {};
  if (arguments.all("--log").empty()) return fail(Code::kInvalidInput, "--against needs --log");
  SEAWALL_TRY(const AuditKeys keys, audit_keys_of(arguments));
  SEAWALL_TRY(const auto place, AuditPlace::open(*where, arguments.text("--ca-file").value_or("")));
  HoldingAgainst watcher(console, retention);
  const SystemClock clock;
  LogAudit audit({.files = place->files(), .keys = keys, .clock = clock, .watcher = watcher}, {});
  SEAWALL_TRY([[maybe_unused]] const AuditState state, audit.run({}));
  console.progress("");
  return watcher.verdict();
}

}  // namespace seawall::cli
