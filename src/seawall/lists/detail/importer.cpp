#include "seawall/lists/detail/importer.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "seawall/lists/two_person.h"
#include "seawall/store/canonical.h"
#include "seawall/store/content_check.h"
#include "seawall/store/entry_pages.h"
#include "seawall/store/list_version.h"

namespace seawall::lists_detail {
namespace {

constexpr std::size_t kWithdrawPage = 10'000;
constexpr std::size_t kConflictPage = 2'000;

bool changed_by_people(const Entry& entry) {
  return entry.state == EntryState::kQuarantined || entry.radius_bits || entry.action || entry.expires_at ||
         entry.review_at;
}

}  // namespace

Result<ImportReport> Importer::run() {
  SEAWALL_CHECK(begin());
  auto done = skip_read();
  const bool right_input = done.has_value();
  if (done && !at_.withdrawing) done = read_all();
  if (done && !report_.stopped && options_.snapshot) done = withdraw_missing();
  if (auto written = settle(); !written) done = std::move(written);  // Of two failures the earlier batch's.
  if (!done) {
    if (load_ == nullptr) return tl::unexpected(std::move(done).error());
    // A load that is resumed is not lost to a wrong file.
    if (done.error().code == Code::kInvalidInput && right_input) {
      SEAWALL_CHECK(load_->discard());
      return tl::unexpected(std::move(done).error());
    }
    const auto id = std::to_string(static_cast<std::uint32_t>(load_->id()));
    return tl::unexpected(std::move(done).error().within("import cut off, resume release " + id));
  }
  return finish();
}

Result<void> Importer::begin() {
  SEAWALL_CHECK(check_actor(options_.by));
  if (options_.batch_records == 0 || options_.batch_records > ImportOptions::kBatchRecordsMax) {
    return fail(Code::kInvalidInput,
                "a batch is 1 to " + std::to_string(ImportOptions::kBatchRecordsMax) + " records");
  }
  {
    SEAWALL_TRY(const auto view, store_.view());
    SEAWALL_TRY(const auto bank, view->bank(options_.bank));
    if (!bank) return fail(Code::kNotFound, "there is no such bank to import into");
    if (bank->kind == BankKind::kListed) {
      SEAWALL_TRY(harmless_, HarmlessLists::load(*view, bank->tenant, clock_.now()));
    }
  }
  at_.bank = options_.bank;
  at_.source = options_.source;
  at_.account = key_hash(account_key(options_.by.who)).a;
  at_.snapshot = options_.snapshot;
  at_.input = key_hash("import");
  if (options_.dry_run) return {};
  if (options_.resume) {
    SEAWALL_TRY(load_, store_.resume_load(*options_.resume));
    const Release& begun = load_->release();
    if (begun.bank != options_.bank || begun.source != options_.source ||
        account_key(begun.proposed.who) != account_key(options_.by.who)) {
      load_.reset();
      return fail(
          Code::kConflict,
          "that load is of another account, bank or source: resume it as it was begun, or take it away");
    }
  } else {
    SEAWALL_TRY(load_, store_.begin_load(options_.bank, options_.source, by()));
  }
  report_.progress.release = static_cast<std::uint32_t>(load_->id());
  report_.progress.counts = load_->counts();
  return {};
}

Result<void> Importer::skip_read() {
  if (load_ == nullptr || load_->checkpoint().empty()) return {};
  SEAWALL_TRY(const ImportCheckpoint saved, import_checkpoint_from_text(load_->checkpoint()));
  if (saved.bank != at_.bank || saved.source != at_.source || saved.snapshot != at_.snapshot ||
      saved.account != at_.account) {
    return fail(Code::kConflict,
                "that load is of another account, bank, source or mode: resume it as it was begun");
  }
  ExchangeRecord record;
  while (at_.records < saved.records) {
    SEAWALL_TRY(const ExchangeOutcome outcome, reader_.next(record));
    if (outcome.kind == ExchangeOutcome::Kind::kEnd) break;
    const KeyHash key = note_input(outcome, record);
    if (outcome.kind == ExchangeOutcome::Kind::kRecord) seen_.insert(key);
  }
  if (at_.records != saved.records || !(at_.input == saved.input)) {
    return fail(Code::kConflict, "the input is not the one this load began with: discard it and import anew");
  }
  at_ = saved;
  return {};
}

KeyHash Importer::note_input(const ExchangeOutcome& outcome, const ExchangeRecord& record) {
  ++at_.records;
  if (outcome.kind == ExchangeOutcome::Kind::kRefused) {
    at_.input = key_hash(outcome.reason, at_.input);
    return {};
  }
  const KeyHash key = key_hash(record.key);
  canonical_.assign(record.withdrawn ? "-" : "+");
  append_canonical(canonical_, record.content);
  at_.input = key_hash(canonical_, {at_.input.a ^ key.a, at_.input.b ^ key.b});
  return key;
}

Result<void> Importer::read_all() {
  bool more = true;
  while (more && !report_.stopped) {
    Batch batch;
    SEAWALL_TRY(more, read_batch(batch));
    if (!more && options_.snapshot && at_.records == 0) {
      return fail(Code::kInvalidInput,
                  "an empty list taken as a whole one would withdraw everything: import refused");
    }
    SEAWALL_CHECK(decide(batch));
    at_.withdrawing = !more && options_.snapshot;
    batch.end = at_;
    SEAWALL_CHECK(write(std::move(batch)));
  }
  return {};
}

Result<bool> Importer::read_batch(Batch& batch) {
  ExchangeRecord record;
  batch.records.reserve(options_.batch_records);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < options_.batch_records && bytes < ImportOptions::kBatchBytesMax; ++i) {
    SEAWALL_TRY(const ExchangeOutcome outcome, reader_.next(record));
    if (outcome.kind == ExchangeOutcome::Kind::kEnd) return false;
    if (at_.records >= ImportOptions::kRecordsMax) {
      return fail(Code::kInvalidInput, "an import is at most " + std::to_string(ImportOptions::kRecordsMax) +
                                           " records; split it");
    }
    take_read(outcome, record, batch);
    bytes += canonical_.size();
  }
  return true;
}

void Importer::take_read(const ExchangeOutcome& outcome, ExchangeRecord& record, Batch& batch) {
  const KeyHash key = note_input(outcome, record);
  if (outcome.kind == ExchangeOutcome::Kind::kRefused) {
    const bool named = check_refusal_reason(outcome.reason).has_value();
    refuse(batch, {}, named ? outcome.reason : std::string(guard_reason::kMalformed),
           outcome.place + ": " + outcome.detail, false);
  } else if (!seen_.insert(key)) {
    refuse(batch, record.key, std::string(guard_reason::kDuplicate), outcome.place + " repeats a key", false);
  } else {
    batch.records.push_back(std::move(record));
    record = {};
  }
}

Result<void> Importer::decide(Batch& batch) {
  std::vector<GuardFinding> findings;
  SEAWALL_CHECK(check_guards(batch, findings));
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_CHECK(compare(*view, batch, findings));
  return note_conflicts(*view, batch);
}

Result<void> Importer::check_guards(Batch& batch, std::vector<GuardFinding>& findings) {
  std::vector<const EntryContent*> contents;
  for (const ExchangeRecord& record : batch.records) {
    findings.push_back(check_record(record));
    contents.push_back(record.withdrawn ? nullptr : &record.content);
    if (findings.back().verdict != GuardVerdict::kRefuse) {
      batch.videos_not_matched += unreadable_videos(record.content.signals);
    }
    for (const ListedPdq& hash : record.content.signals.pdq) {
      if (!is_matchable(hash)) ++batch.hashes_not_matched;
    }
  }
  if (!harmless_) return {};
  return harmless_->check(contents, findings);
}

Result<void> Importer::compare(StoreView& view, Batch& batch, std::vector<GuardFinding>& findings) {
  std::vector<std::string> keys;
  keys.reserve(batch.records.size());
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    // A malformed key is asked for as one that no entry has.
    const bool malformed = findings[i].reason == guard_reason::kMalformed;
    keys.push_back(malformed ? std::string("?") : std::move(batch.records[i].key));
  }
  if (keys.empty()) return {};
  SEAWALL_TRY(const auto known, view.known_keys(options_.bank, options_.source, keys));
  batch.add.reserve(batch.records.size());
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    ExchangeRecord& record = batch.records[i];
    if (findings[i].reason != guard_reason::kMalformed) record.key = std::move(keys[i]);
    place(record, findings[i], known[i], batch);
  }
  return {};
}

void Importer::place(ExchangeRecord& record, GuardFinding& finding, const std::optional<KnownKey>& known,
                     Batch& batch) {
  const bool quarantine = finding.verdict == GuardVerdict::kQuarantine;
  if (finding.verdict == GuardVerdict::kRefuse) {
    refuse(batch, record.key, std::string(finding.reason), finding.detail, false);
  } else if (record.withdrawn) {
    if (known) batch.pending.push_back({known->entry, std::nullopt});
    if (!known) ++batch.tombstones_unknown;
  } else if (!known) {
    if (quarantine) refuse(batch, record.key, std::string(finding.reason), finding.detail, true);
    batch.add.push_back({std::move(record.key), std::move(record.content), quarantine,
                         quarantine ? std::string(finding.reason) : std::string()});
  } else if (known->content_digest == digest_of(record.content)) {
    ++batch.unchanged;
  } else if (quarantine) {
    refuse(batch, record.key, std::string(finding.reason), finding.detail, false);
  } else {
    batch.pending.push_back({known->entry, std::move(record.content)});
  }
}

Result<void> Importer::note_conflicts(StoreView& view, Batch& batch) {
  std::vector<EntryId> ids;
  for (const PendingChange& change : batch.pending) ids.push_back(change.entry);
  std::sort(ids.begin(), ids.end());
  return visit_entries(view, ids, kConflictPage, [&](std::span<const EntryId>, std::span<Entry> entries) {
    for (Entry& entry : entries) {
      if (changed_by_people(entry)) batch.conflicting_keys.push_back(std::move(entry.key));
    }
    return Result<void>();
  });
}

Result<void> Importer::withdraw_missing() {
  SEAWALL_CHECK(settle());
  report_.progress.withdrawing = true;
  bool more = true;
  while (more && !report_.stopped) {
    Batch batch;
    SEAWALL_TRY(const auto view, store_.view());
    SEAWALL_TRY(more, withdraw_page(*view, batch));
    SEAWALL_CHECK(note_conflicts(*view, batch));
    batch.end = at_;
    SEAWALL_CHECK(write(std::move(batch)));
  }
  return {};
}

Result<bool> Importer::withdraw_page(StoreView& view, Batch& batch) {
  SEAWALL_TRY(const auto page, view.entries_of_bank(options_.bank, at_.after, kWithdrawPage));
  for (const Entry& entry : page) {
    at_.after = entry.id;
    if (entry.source != options_.source || seen_.contains(key_hash(entry.key))) continue;
    if (entry.state == EntryState::kWithdrawn) continue;
    batch.pending.push_back({entry.id, std::nullopt});
  }
  return !page.empty();
}

Result<void> Importer::write(Batch batch) {
  SEAWALL_CHECK(settle());
  if (report_.stopped) return {};
  in_flight_ = std::make_unique<Batch>(std::move(batch));
  if (load_ == nullptr) return settle();
  // Deferred, it is written when it is waited for: where no thread can be had.
  writing_ = std::async(std::launch::async | std::launch::deferred, &Importer::write_step, std::ref(*load_),
                        std::cref(*in_flight_));
  return {};
}

Result<void> Importer::write_step(ReleaseLoad& load, const Batch& batch) {
  ReleaseLoad::Step step;
  step.add = batch.add;
  step.pending = batch.pending;
  step.refusals = batch.refusals;
  step.unchanged = batch.unchanged;
  step.checkpoint = to_text(batch.end);
  return load.write(step);
}

Result<void> Importer::settle() {
  if (in_flight_ == nullptr) return {};
  const auto batch = std::exchange(in_flight_, nullptr);
  if (writing_.valid()) SEAWALL_CHECK(writing_.get());
  report(*batch);
  return {};
}

void Importer::report(Batch& batch) {
  ImportProgress& progress = report_.progress;
  progress.records = batch.end.records;
  if (load_ != nullptr) {
    progress.counts = load_->counts();
  } else {
    count_dry(batch);
  }
  report_.conflicts += batch.conflicting_keys.size();
  report_.tombstones_unknown += batch.tombstones_unknown;
  report_.hashes_not_matched += batch.hashes_not_matched;
  report_.videos_not_matched += batch.videos_not_matched;
  for (std::string& key : batch.conflicting_keys) {
    if (report_.conflicting_keys.size() == options_.listed_max) break;
    report_.conflicting_keys.push_back(std::move(key));
  }
  for (Refusal& refusal : batch.refusals) {
    ++report_.reasons[refusal.reason];
    if (report_.listed.size() < options_.listed_max) report_.listed.push_back(std::move(refusal));
  }
  if (options_.progress && !options_.progress(progress)) report_.stopped = true;
}

void Importer::count_dry(const Batch& batch) {
  ReleaseCounts& counts = report_.progress.counts;
  counts.added += batch.add.size();
  counts.unchanged += batch.unchanged;
  for (const PendingChange& change : batch.pending) ++(change.content ? counts.updated : counts.withdrawn);
  for (const Refusal& refusal : batch.refusals) ++(refusal.quarantined ? counts.quarantined : counts.refused);
}

Result<ImportReport> Importer::finish() {
  if (load_ == nullptr || report_.stopped) return std::move(report_);
  if (delta_of(load_->counts()) == 0) {
    SEAWALL_CHECK(load_->discard());
    report_.progress.release = 0;
    return std::move(report_);
  }
  SEAWALL_TRY(report_.release, load_->seal(by()));
  return std::move(report_);
}

void Importer::refuse(Batch& batch, const std::string& key, std::string reason, const std::string& detail,
                      bool quarantined) {
  batch.refusals.push_back({clean_text(key, Entry::kKeyBytesMax), std::move(reason),
                            clean_text(detail, Entry::kReasonBytesMax), quarantined});
}

}  // namespace seawall::lists_detail

namespace seawall {

Result<ImportReport> import_list(Store& store, const Clock& clock, ExchangeReader& reader,
                                 const ImportOptions& options) {
  return lists_detail::Importer(store, clock, reader, options).run();
}

}  // namespace seawall
