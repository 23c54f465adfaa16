#pragma once

#include <memory>
#include <set>
#include <string>

#include "seawall/audit/log_audit.h"

namespace seawall {

/// Keeps a copy of a log in a folder that any web server can serve, each file verified before it is kept.
/// Guarantees: the folder's checkpoint is published last, so whoever reads it finds every file of it; after a
/// crash at any point the next run goes on. What is not verified is never published. Layout: as the log's own
/// (docs/tlog.md), and "audit-state", how far it is. Threads: one. Lifetime: borrows its parts.
class LogMirror final : private AuditWatcher {
 public:
  static constexpr const char* kStateFile = "audit-state";

  /// Errors: kConflict (another one keeps this folder), kCorrupt, kInvalidInput (of another log).
  static Result<std::unique_ptr<LogMirror>> open(std::shared_ptr<durable::FolderTree> folder,
                                                 const std::string& origin);

  /// What it holds.
  [[nodiscard]] const tlog::TreeHead& checked() const { return state_.checked; }

  /// Brings the folder up to date; `told` hears of everything that the audit tells. Errors: those of
  /// LogAudit::run(); the folder keeps the checkpoint that it had.
  Result<AuditState> step(LogFiles& from, const AuditKeys& keys, const Clock& clock,
                          std::chrono::seconds clock_tolerance, AuditWatcher& told);

 private:
  LogMirror(std::shared_ptr<durable::FolderTree> folder, std::unique_ptr<durable::FolderLock> lock);

  Result<void> on_entry(std::uint64_t index, std::string_view text, const Result<LogEntry>& entry) override;
  Result<void> on_file(const std::string& path, std::string_view bytes) override;
  Result<void> on_finding(const Finding& finding) override;
  Result<void> on_checked(const AuditState& state) override;
  void on_contradiction(const Contradiction& proof) override;
  bool goes_on(std::uint64_t checked, std::uint64_t size) override;

  Result<void> make_folders(const std::string& path);
  Result<void> publish(const std::string& checkpoint);
  void remove_partials(std::uint64_t old_size, std::uint64_t new_size);

  std::shared_ptr<durable::FolderTree> folder_;
  std::unique_ptr<durable::FolderLock> lock_;
  AuditState state_;
  std::set<std::string> folders_;
  AuditWatcher* told_ = nullptr;  ///< Of the step that goes on.
};

}  // namespace seawall
