#include "subscription/store_sink.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "seawall/store_sql/open.h"

namespace seawall::test {
namespace {

constexpr std::size_t kBatch = 7;
constexpr std::size_t kPage = 10'000;
constexpr std::uint32_t kReleasesMax = 1000;

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

Authorship by() { return {"tests", "a test", Time(std::chrono::milliseconds(1'795'302'000'000))}; }

}  // namespace

std::unique_ptr<StoreSink> StoreSink::open(const std::string& path, std::function<void()> tick) {
  auto store = must(open_store("sqlite:" + path, {.create = true}));
  std::unique_ptr<StoreSink> sink(new StoreSink(std::move(store), std::move(tick)));
  sink->ensure_bank();
  return sink;
}

void StoreSink::ensure_bank() {
  const auto change = must(store_->change());
  const auto bank = must(change->bank_named("default", "followed"));
  const auto source = must(change->source_named("feed"));
  ListBank wanted;
  wanted.name = "followed";
  bank_ = bank ? bank->id : must(change->add_bank(wanted, by()));
  source_ = source ? source->id : must(change->add_source({{}, "feed", "test-pages"}, by()));
  if (!bank || !source) must(change->commit());
}

Result<std::unique_ptr<ReleaseLoad>> StoreSink::load(const SinkRequest& request) {
  if (request.resume != 0) return store_->resume_load(ReleaseId{request.resume});
  tick_();
  SEAWALL_TRY(auto load, store_->begin_load(bank_, source_, by()));
  tick_();
  SEAWALL_CHECK(request.began(static_cast<std::uint32_t>(load->id())));
  return load;
}

Result<void> StoreSink::write(ReleaseLoad& load, const std::vector<ExchangeRecord>& records,
                              std::uint64_t done) {
  std::vector<NewEntry> entries;
  std::vector<Refusal> tombstones;
  for (const ExchangeRecord& record : records) {
    if (record.withdrawn) {
      tombstones.push_back({record.key, "tombstone", "", false});
    } else {
      entries.push_back({record.key, record.content, false, ""});
    }
  }
  ReleaseLoad::Step step;
  step.add = entries;
  step.refusals = tombstones;
  step.checkpoint = std::to_string(done);
  tick_();
  SEAWALL_CHECK(load.write(step));
  tick_();
  return {};
}

Result<SinkReport> StoreSink::take(ExchangeReader& reader, const SinkRequest& request) {
  std::unique_ptr<ReleaseLoad> open_load;
  if (!request.dry_run) {
    SEAWALL_TRY(open_load, load(request));
  }
  const std::uint64_t skip =
      open_load && !open_load->checkpoint().empty() ? std::stoull(open_load->checkpoint()) : 0;
  SinkReport report;
  std::vector<ExchangeRecord> batch;
  ExchangeRecord record;
  for (std::uint64_t read = 0;;) {
    SEAWALL_TRY(const auto outcome, reader.next(record));
    const bool end = outcome.kind == ExchangeOutcome::Kind::kEnd;
    if (outcome.kind == ExchangeOutcome::Kind::kRecord && ++read > skip) batch.push_back(record);
    if (end || batch.size() == kBatch) {
      if (open_load) SEAWALL_CHECK(write(*open_load, batch, read));
      for (const auto& row : batch) ++(row.withdrawn ? report.withdrawn : report.added);
      batch.clear();
    }
    if (end) break;
  }
  if (!open_load) return report;
  tick_();
  SEAWALL_TRY(const Release sealed, open_load->seal(by()));
  tick_();
  report.release = static_cast<std::uint32_t>(sealed.id);
  return report;
}

Result<bool> StoreSink::is_sealed(std::uint32_t release) {
  SEAWALL_TRY(const auto view, store_->view());
  SEAWALL_TRY(const auto seen, view->release(ReleaseId{release}));
  if (seen) return true;  // Views do not see what is still loading.
  SEAWALL_CHECK(store_->resume_load(ReleaseId{release}));
  return false;
}

Result<std::string> StoreSink::mark() { return std::to_string((*(*store_->view())->version()).number); }

Result<bool> StoreSink::holds(std::string_view mark) {
  return std::stoull(std::string(mark)) <= (*(*store_->view())->version()).number;
}

std::vector<Release> StoreSink::releases() {
  return must(must(store_->view())->releases(ReleaseId{0}, kPage));
}

std::size_t StoreSink::sealed_releases() { return releases().size(); }

std::vector<std::pair<std::string, bool>> StoreSink::sealed_records() {
  std::vector<std::pair<std::string, bool>> out;
  const auto view = must(store_->view());
  for (const Release& release : releases()) {
    for (const Entry& entry : must(view->entries_of_release(release.id, EntryId{0}, kPage))) {
      out.emplace_back(entry.key, false);
    }
    for (const Refusal& refusal : must(view->refusals(release.id, 0, kPage))) {
      out.emplace_back(refusal.key, true);
    }
  }
  std::ranges::sort(out);
  return out;
}

void StoreSink::forget_unsealed() {
  for (std::uint32_t id = 1; id < kReleasesMax; ++id) {
    auto load = store_->resume_load(ReleaseId{id});
    if (load) must((*load)->discard());
  }
}

}  // namespace seawall::test
