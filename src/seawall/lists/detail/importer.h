#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "seawall/lists/detail/import_checkpoint.h"
#include "seawall/lists/guards.h"
#include "seawall/lists/harmless.h"
#include "seawall/lists/import.h"

namespace seawall::lists_detail {

/// One run of import_list(). Threads: one.
class Importer {
 public:
  Importer(Store& store, const Clock& clock, ExchangeReader& reader, const ImportOptions& options)
      : store_(store), clock_(clock), reader_(reader), options_(options) {}
  Result<ImportReport> run();

 private:
  /// What a batch comes to, before it is written.
  struct Batch {
    std::vector<ExchangeRecord> records;
    std::vector<NewEntry> add;
    std::vector<PendingChange> pending;
    std::vector<Refusal> refusals;
    std::uint64_t unchanged = 0;
  };

  Result<void> begin();
  Result<void> skip_read();
  Result<void> read_all();
  Result<bool> read_batch(Batch& batch);
  void take_read(const ExchangeOutcome& outcome, ExchangeRecord& record, Batch& batch);
  Result<void> decide(Batch& batch);
  Result<void> check_guards(Batch& batch, std::vector<GuardFinding>& findings);
  Result<void> compare(StoreView& view, Batch& batch, std::vector<GuardFinding>& findings);
  void place(ExchangeRecord& record, GuardFinding& finding, const std::optional<KnownKey>& known,
             Batch& batch);
  Result<void> note_conflicts(StoreView& view, const std::vector<PendingChange>& pending);
  Result<void> withdraw_missing();
  Result<bool> withdraw_page(StoreView& view, Batch& batch);
  Result<void> write(Batch& batch);
  Result<ImportReport> finish();
  void refuse(Batch& batch, const std::string& key, std::string reason, const std::string& detail,
              bool quarantined);
  /// Folds one thing read into the input's hash; the key's hash.
  KeyHash note_input(const ExchangeOutcome& outcome, const ExchangeRecord& record);
  [[nodiscard]] Authorship by() const { return {options_.by.who, options_.by.why, clock_.now()}; }

  Store& store_;
  const Clock& clock_;
  ExchangeReader& reader_;
  const ImportOptions& options_;
  ImportReport report_;
  ImportCheckpoint at_;
  KeySet seen_;
  std::optional<HarmlessLists> harmless_;  // None: the bank is harmless itself.
  std::unique_ptr<ReleaseLoad> load_;      // Null in a dry run.
  std::string canonical_;                  // Scratch.
  bool ended_ = false;
};

}  // namespace seawall::lists_detail
