#include "seawall/subscription/import_sink.h"

namespace seawall {
namespace {

SinkReport report_of(const ImportReport& report) {
  const ReleaseCounts& counts = report.progress.counts;
  SinkReport out;
  if (report.release) out.release = static_cast<std::uint32_t>(report.release->id);
  out.added = counts.added;
  out.updated = counts.updated;
  out.withdrawn = counts.withdrawn;
  out.unchanged = counts.unchanged;
  out.quarantined = counts.quarantined;
  out.refused = counts.refused;
  out.conflicts = report.conflicts;
  return out;
}

}  // namespace

Result<SinkReport> ImportSink::take(ExchangeReader& reader, const SinkRequest& request) {
  ImportOptions options;
  options.bank = options_.bank;
  options.source = options_.source;
  options.by = options_.by;
  options.batch_records = options_.batch_records;
  options.snapshot = request.snapshot;
  options.dry_run = request.dry_run;
  if (request.resume != 0) options.resume = ReleaseId{request.resume};
  std::optional<Error> not_noted;
  options.progress = [&request, &not_noted](const ImportProgress& progress) {
    if (progress.release == 0 || !request.began) return true;
    auto noted = request.began(progress.release);
    if (!noted) not_noted = std::move(noted).error();
    return !not_noted.has_value();
  };
  SEAWALL_TRY(const ImportReport report, import_list(store_, clock_, reader, options));
  if (not_noted) return tl::unexpected(*std::move(not_noted));
  if (report.stopped) return fail(Code::kUnavailable, "the import was stopped");
  return report_of(report);
}

Result<bool> ImportSink::is_sealed(std::uint32_t release) {
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const auto seen, view->release(ReleaseId{release}));
  if (seen) return true;  // Views do not see what is still loading.
  SEAWALL_CHECK(store_.resume_load(ReleaseId{release}));
  return false;
}

}  // namespace seawall
