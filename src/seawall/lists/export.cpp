#include "seawall/lists/export.h"

#include <algorithm>

#include "seawall/lists/detail/export_record.h"

namespace seawall {
namespace {

constexpr std::size_t kPage = 2'000;

/// What becomes of one entry.
enum class Fate : std::uint8_t { kLeft, kWritten, kTombstone };

Fate fate_of(const Entry& entry, const ExportOptions& options) {
  if (!lists_detail::is_wanted(entry, options)) return Fate::kLeft;
  if (entry.state == EntryState::kWithdrawn || lists_detail::has_expired(entry, options)) {
    return options.tombstones ? Fate::kTombstone : Fate::kLeft;
  }
  return lists_detail::is_listed(entry, options) ? Fate::kWritten : Fate::kLeft;
}

void map_to(ClassificationScheme scheme, EntryContent& content, ExportReport& report) {
  if (!content.classification) return;
  const MappedClassification mapped = map_classification(*content.classification, scheme);
  if (!mapped.exact) ++report.classification_losses[mapped.lost];
  if (mapped.value) {
    content.classification = Classification{scheme, *mapped.value};
  } else {
    content.classification.reset();
  }
}

constexpr std::size_t kHeldBytesMax = std::size_t{16} << 20;

std::size_t bytes_of(const ExchangeRecord& record) {
  std::size_t bytes = record.key.size();
  for (const CarriedSignal& one : record.content.signals.carried) bytes += one.bytes.size();
  for (const auto& [name, value] : record.content.attributes) bytes += name.size() + value.size();
  return bytes;
}

/// Holds some records back, and lets them go in the order of their ranks.
class RankedWriter final : public ExchangeWriter {
 public:
  RankedWriter(ExchangeWriter& inner, const ExportOptions& options) : inner_(inner), options_(options) {}
  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    if (!options_.rank) return inner_.add(record, losses);
    bytes_ += bytes_of(record);
    held_.emplace_back(options_.rank(record), record);
    if (held_.size() < ExportOptions::kRankedTogether && bytes_ < kHeldBytesMax) return {};
    return let_go(losses);
  }
  Result<void> finish() override { return inner_.finish(); }
  Result<void> let_go(std::vector<std::string>& losses) {
    std::ranges::stable_sort(held_, {}, &Held::first);
    for (const Held& one : held_) SEAWALL_CHECK(inner_.add(one.second, losses));
    held_.clear();
    bytes_ = 0;
    return {};
  }

 private:
  using Held = std::pair<std::uint64_t, ExchangeRecord>;
  ExchangeWriter& inner_;
  const ExportOptions& options_;
  std::vector<Held> held_;
  std::size_t bytes_ = 0;
};

Result<void> write(const ExchangeRecord& record, ExchangeWriter& writer, ExportReport& report) {
  ++(record.withdrawn ? report.tombstones : report.records);
  std::vector<std::string> losses;
  SEAWALL_CHECK(writer.add(record, losses));
  for (const std::string& loss : losses) ++report.losses[loss];
  return {};
}

}  // namespace

bool lists_detail::is_wanted(const Entry& entry, const ExportOptions& options) {
  return !options.source || entry.source == *options.source;
}

bool lists_detail::is_listed(const Entry& entry, const ExportOptions& options) {
  return std::ranges::find(options.states, entry.state) != options.states.end();
}

bool lists_detail::has_expired(const Entry& entry, const ExportOptions& options) {
  return options.now && entry.expires_at && *entry.expires_at <= *options.now;
}

Result<void> lists_detail::write_record(Entry& entry, const ExportOptions& options, ExchangeWriter& writer,
                                        ExportReport& report) {
  ExchangeRecord record{std::move(entry.key), false, std::move(entry.content)};
  if (options.scheme) map_to(*options.scheme, record.content, report);
  return write(record, writer, report);
}

Result<void> lists_detail::write_tombstone(std::string key, ExchangeWriter& writer, ExportReport& report) {
  return write({std::move(key), true, {}}, writer, report);
}

Result<ExportReport> export_list(StoreView& view, const ExportOptions& options, ExchangeWriter& inner) {
  ExportReport report;
  RankedWriter writer(inner, options);
  SEAWALL_TRY(const auto bank, view.bank(options.bank));
  if (!bank) return fail(Code::kNotFound, "there is no such bank to export");
  SEAWALL_TRY(report.version, view.version());
  for (EntryId after{};;) {
    SEAWALL_TRY(auto page, options.version ? view.entries_at(options.bank, *options.version, after, kPage)
                                           : view.entries_of_bank(options.bank, after, kPage));
    if (page.empty()) break;
    after = page.back().id;
    for (Entry& entry : page) {
      const Fate fate = fate_of(entry, options);
      if (fate == Fate::kLeft) continue;
      SEAWALL_CHECK(fate == Fate::kTombstone
                        ? lists_detail::write_tombstone(std::move(entry.key), writer, report)
                        : lists_detail::write_record(entry, options, writer, report));
    }
  }
  std::vector<std::string> losses;
  SEAWALL_CHECK(writer.let_go(losses));
  for (const std::string& loss : losses) ++report.losses[loss];
  SEAWALL_CHECK(writer.finish());
  return report;
}

}  // namespace seawall
