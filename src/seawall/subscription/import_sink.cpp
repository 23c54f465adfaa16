#include "seawall/subscription/import_sink.h"

#include <charconv>

#include "seawall/base/hex.h"

namespace seawall {
namespace {

constexpr std::size_t kKeysNamed = 20;

SinkReport report_of(const ReleaseCounts& counts) {
  SinkReport out;
  out.added = counts.added;
  out.updated = counts.updated;
  out.withdrawn = counts.withdrawn;
  out.unchanged = counts.unchanged;
  out.quarantined = counts.quarantined;
  out.refused = counts.refused;
  return out;
}

/// "7:<64 hex>".
std::string mark_of(const ListVersion& version) {
  return std::to_string(version.number) + ":" + to_hex(version.chain);
}

}  // namespace

Result<SinkReport> ImportSink::take(ExchangeReader& reader, const SinkRequest& request) {
  ImportOptions options;
  options.bank = options_.bank;
  options.source = options_.source;
  options.by = options_.by;
  options.batch_records = options_.batch_records;
  options.listed_max = kKeysNamed;
  options.snapshot = request.snapshot;
  options.dry_run = request.dry_run;
  if (request.resume != 0) options.resume = ReleaseId{request.resume};
  std::optional<Error> not_noted;
  options.progress = [&request, &not_noted](const ImportProgress& progress) {
    if (request.progress) request.progress(progress.records);
    if (progress.release != 0 && request.began) {
      auto noted = request.began(progress.release);
      if (!noted) not_noted = std::move(noted).error();
    }
    return !not_noted.has_value() && !request.stop.stop_requested();
  };
  SEAWALL_TRY(ImportReport report, import_list(store_, clock_, reader, options));
  if (not_noted) return tl::unexpected(*std::move(not_noted));
  if (report.stopped) return fail(Code::kUnavailable, "the import was stopped");
  SinkReport out = report_of(report.progress.counts);
  out.conflicts = report.conflicts;
  out.reasons = std::move(report.reasons);
  out.conflicting_keys = std::move(report.conflicting_keys);
  if (!report.release) return out;
  out.release = static_cast<std::uint32_t>(report.release->id);
  SEAWALL_CHECK(stage(*report.release));
  return out;
}

Result<bool> ImportSink::is_sealed(std::uint32_t release) {
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const auto seen, view->release(ReleaseId{release}));
  if (seen) return true;  // Views do not see what is still loading.
  SEAWALL_CHECK(store_.resume_load(ReleaseId{release}));
  return false;
}

Result<SinkReport> ImportSink::settle(std::uint32_t release) {
  SEAWALL_TRY(auto view, store_.view());
  SEAWALL_TRY(const auto seen, view->release(ReleaseId{release}));
  view.reset();
  if (!seen) return fail(Code::kNotFound, "there is no such release");
  SEAWALL_CHECK(stage(*seen));
  SinkReport out = report_of(seen->counts);
  out.release = release;
  return out;
}

Result<void> ImportSink::stage(const Release& release) {
  if (options_.stage_with == nullptr || release.state != ReleaseState::kProposed) return {};
  auto staged = options_.stage_with->stage(release.id, options_.by);
  if (staged) return {};
  // A person who was quicker has decided.
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const auto now, view->release(release.id));
  if (now && now->state != ReleaseState::kProposed) return {};
  return tl::unexpected(std::move(staged).error());
}

Result<std::string> ImportSink::mark() {
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const ListVersion version, view->version());
  return mark_of(version);
}

Result<bool> ImportSink::holds(std::string_view mark) {
  std::uint64_t number = 0;
  const auto [at, error] = std::from_chars(mark.data(), mark.data() + mark.size(), number);
  if (error != std::errc{}) return false;
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const ListVersion now, view->version());
  if (number > now.number) return false;
  if (number == 0) return true;
  SEAWALL_TRY(const auto items, view->feed(number - 1, 1));
  return !items.empty() && mark_of(items.front().version) == mark;
}

}  // namespace seawall
