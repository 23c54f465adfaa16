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

Result<ExportReport> export_list(StoreView& view, const ExportOptions& options, ExchangeWriter& writer) {
  ExportReport report;
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
  SEAWALL_CHECK(writer.finish());
  return report;
}

}  // namespace seawall
