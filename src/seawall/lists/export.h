#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "seawall/exchange/exchange_format.h"
#include "seawall/lists/classification_map.h"
#include "seawall/store/store.h"

namespace seawall {

struct ExportOptions {
  BankId bank{};
  std::optional<SourceId> source;        ///< Only entries of this one.
  std::optional<std::uint64_t> version;  ///< As the list was then; else as it is.
  std::vector<EntryState> states = {EntryState::kActive};
  bool tombstones = false;  ///< Withdrawn entries too, as tombstones.
  std::optional<Time> now;  ///< Entries expired by then count as withdrawn; none: expiry is not looked at.
  /// Classifications are mapped to this scheme; where there is no value, they are left out. Each is a loss.
  std::optional<ClassificationScheme> scheme;
  /// export_list: within each kRankedTogether records (fewer where they are large) they are written in
  /// ascending rank, which may be a secret's (copy_mark). Empty: in the order of their ids.
  std::function<std::uint64_t(const ExchangeRecord&)> rank = {};
  static constexpr std::size_t kRankedTogether = 64;
};

struct ExportReport {
  std::uint64_t records = 0;
  std::uint64_t tombstones = 0;
  std::map<std::string, std::uint64_t> losses;  ///< By kind: records that lost it, as the writer names it.
  /// By what was lost, in words: classifications that were mapped with a loss or left out.
  std::map<std::string, std::uint64_t> classification_losses;
  ListVersion version;  ///< Of the view; `options.version` may be older.
};

/// Writes what changed in a bank since list version `after`: entries that are on the list now and were not
/// then, or were with other content, and a tombstone for each key that was on it then and is not now. Whoever
/// holds what an export at `after` gave, and takes this, holds what an export now gives. An entry that has
/// expired since is a tombstone in each of these, for expiry makes no version. `options.version` and
/// `options.tombstones` are not looked at. Errors: as export_list(); kNotFound for a version to come. Blocks.
/// Cost: the bank is read as it is and as it was, and once more if there is a tombstone; memory: their keys.
Result<ExportReport> export_changes(StoreView& view, const ExportOptions& options, std::uint64_t after,
                                    ExchangeWriter& writer);

/// The chain of the list at that version, in hex; "" at 0. Errors: kNotFound for a version to come.
Result<std::string> chain_at(StoreView& view, std::uint64_t version);

/// Writes a bank's entries in the order of their ids and finishes the document. Keys are the sources' own;
/// two sources of one bank may name different entries alike, so export such a bank by source. Bounded memory.
/// Blocks. Errors: kNotFound (bank, version), those of the view and the writer.
Result<ExportReport> export_list(StoreView& view, const ExportOptions& options, ExchangeWriter& writer);

}  // namespace seawall
