#include "seawall/cli/match_signals.h"

#include <algorithm>

#include "seawall/base/codes.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/ordered_work.h"
#include "seawall/index/live_index.h"
#include "seawall/json/text.h"
#include "seawall/signal_file/signal_reader.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kBlockQueries = 8192;
constexpr std::size_t kBlockAnswersMax = 2'000'000;  // Hits held for one block, 32 MB of them.

// A row of the file: a record, or why it is none.
struct Query {
  SignalRecord record;
  std::uint64_t line = 0;
  std::optional<Error> error;
};

using Block = std::vector<Query>;

struct BlockAnswer {
  std::vector<std::string> lines;  // One a query, in order; empty when deferred or without a match in text.
  std::vector<Error> errors;       // Of the rows, when they do not go into the lines.
  std::vector<std::size_t> deferred;  // Queries with so many answers that they are looked up again alone.
  std::vector<SignalRecord> deferred_records;
  std::optional<Error> error;
  bool matched = false;
  std::uint64_t input_errors = 0;
};

// What one thread needs to answer blocks.
class Answerer {
 public:
  Answerer(const std::vector<OpenBank>& banks, bool json) : banks_(banks), json_(json) {}

  BlockAnswer answer(const Block& block);
  // The whole answer to one query, however long.
  Result<std::string> answer_alone(const SignalRecord& record);

 private:
  // hits[query][bank]
  using Hits = std::vector<std::vector<std::vector<BankHit>>>;

  Result<void> connect();
  Result<void> look_up(const Block& block, Hits& hits, std::vector<bool>& deferred);
  Result<void> look_up_pdq(std::size_t bank, std::span<const SignalRecord* const> records, Hits& hits,
                           std::vector<bool>& deferred);
  Result<void> look_up_digests(std::size_t bank, const SignalRecord& record,
                               std::vector<BankHit>& hits) const;
  Result<std::string> format(const std::string& id, std::vector<std::vector<BankHit>>& hits, bool& matched);
  // False when the entry has been taken off the list since the index was opened.
  Result<bool> append_match(std::string& out, std::size_t bank, const BankHit& hit,
                            const std::string& query_id, bool first);

  const std::vector<OpenBank>& banks_;
  std::vector<BankReader> readers_;
  bool json_;
};

void append_error(std::string& out, const Query& query) {
  out += "{\"line\":";
  append_json_number(out, static_cast<std::int64_t>(query.line));
  out += ",\"error\":{\"code\":";
  append_json_string(out, meaning_of(query.error->code).name);
  out += ",\"message\":";
  append_json_string(out, query.error->message);
  out += "}}\n";
}

Result<void> Answerer::connect() {
  while (readers_.size() < banks_.size()) {
    SEAWALL_TRY(BankReader reader, banks_[readers_.size()].bank->reader());
    readers_.push_back(std::move(reader));
  }
  return {};
}

Result<void> Answerer::look_up_digests(std::size_t bank, const SignalRecord& record,
                                       std::vector<BankHit>& hits) const {
  const auto find = [&](SignalType type, const auto& digest) -> Result<void> {
    if (!digest) return {};
    SEAWALL_TRY(const std::vector<EntryId> found, banks_[bank].bank->entries_with(type, *digest));
    for (const EntryId entry : found) hits.push_back({entry, 0, type});
    return {};
  };
  SEAWALL_CHECK(find(SignalType::kSha256, record.sha256));
  SEAWALL_CHECK(find(SignalType::kSha1, record.sha1));
  return find(SignalType::kMd5, record.md5);
}

// One batch over every hash of every record.
Result<void> Answerer::look_up_pdq(std::size_t bank, std::span<const SignalRecord* const> records, Hits& hits,
                                   std::vector<bool>& deferred) {
  std::vector<Fingerprint256> hashes;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i] == nullptr) continue;
    for (const ListedPdq& pdq : records[i]->pdq) {
      hashes.push_back(pdq.bits);
      owners.push_back(i);
    }
  }
  std::size_t held = 0;
  const auto visit = [&](std::size_t i, std::span<const Neighbour> answers) {
    const std::size_t owner = owners[i];
    if (deferred[owner] || answers.empty()) return;
    if (records.size() > 1 && held + answers.size() > kBlockAnswersMax) {
      deferred[owner] = true;
      hits[owner][bank] = {};
      return;
    }
    held += answers.size();
    for (const Neighbour& answer : answers) hits[owner][bank].push_back({answer.id, answer.distance_bits});
  };
  const QueryOptions options{.radius_bits = banks_[bank].radius_bits};
  SEAWALL_CHECK(banks_[bank].bank->pdq_index().within_batch(hashes, options, visit));
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i] == nullptr) continue;
    std::vector<BankHit>& own = hits[i][bank];
    if (records[i]->pdq.size() > 1) std::ranges::stable_sort(own, {}, &BankHit::distance_bits);
    keep_nearest(own);
  }
  return {};
}

Result<void> Answerer::look_up(const Block& block, Hits& hits, std::vector<bool>& deferred) {
  std::vector<const SignalRecord*> records(block.size(), nullptr);
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (!block[i].error) records[i] = &block[i].record;
  }
  for (std::size_t bank = 0; bank < banks_.size(); ++bank) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (records[i] != nullptr) SEAWALL_CHECK(look_up_digests(bank, *records[i], hits[i][bank]));
    }
    SEAWALL_CHECK(look_up_pdq(bank, records, hits, deferred));
  }
  return {};
}

Result<bool> Answerer::append_match(std::string& out, std::size_t bank, const BankHit& hit,
                                    const std::string& query_id, bool first) {
  std::string_view id;
  SEAWALL_TRY(const bool listed, readers_[bank].id_of(hit.entry, id));
  if (!listed) return false;
  if (!json_) {
    out.append(shown_text(query_id)).append("\t").append(shown_text(id)).append("\t");
    out.append(std::to_string(hit.distance_bits)).append("\t").append(name_of(hit.type));
    out.append("\t").append(shown_text(banks_[bank].name)).append("\n");
    return true;
  }
  out += first ? "{\"entry\":" : ",{\"entry\":";
  append_json_string(out, id);
  out += ",\"distance\":";
  append_json_number(out, hit.distance_bits);
  out.append(",\"signal\":\"").append(name_of(hit.type)).append("\"");
  if (banks_.size() > 1) {
    out += ",\"bank\":";
    append_json_string(out, banks_[bank].name);
  }
  out += '}';
  return true;
}

// Nearest first over all banks; `hits` is used up.
Result<std::string> Answerer::format(const std::string& id, std::vector<std::vector<BankHit>>& hits,
                                     bool& matched) {
  struct Placed {
    BankHit hit;
    std::size_t bank;
  };
  std::vector<Placed> all;
  for (std::size_t bank = 0; bank < hits.size(); ++bank) {
    for (const BankHit& hit : hits[bank]) all.push_back({hit, bank});
  }
  if (hits.size() > 1) {
    std::ranges::stable_sort(all, {}, [](const Placed& placed) { return placed.hit.distance_bits; });
  }
  std::string out;
  if (json_) {
    out += "{\"id\":";
    append_json_string(out, id);
    out += ",\"matches\":[";
  }
  bool first = true;
  BankAction verdict = BankAction::kAllow;
  for (const Placed& placed : all) {
    SEAWALL_TRY(const bool shown, append_match(out, placed.bank, placed.hit, id, first));
    if (!shown) continue;
    first = false;
    verdict = stricter(verdict, banks_[placed.bank].bank->settings().action);
  }
  matched = matched || !first;
  if (json_) out.append("],\"verdict\":\"").append(name_of(verdict)).append("\"}\n");
  return out;
}

Result<std::string> Answerer::answer_alone(const SignalRecord& record) {
  SEAWALL_CHECK(connect());
  Block block(1);
  block[0].record = record;
  Hits hits(1, std::vector<std::vector<BankHit>>(banks_.size()));
  std::vector<bool> deferred(1, false);
  SEAWALL_CHECK(look_up(block, hits, deferred));
  bool matched = false;
  return format(record.id, hits[0], matched);
}

BlockAnswer Answerer::answer(const Block& block) {
  BlockAnswer answer;
  answer.lines.resize(block.size());
  Hits hits(block.size(), std::vector<std::vector<BankHit>>(banks_.size()));
  std::vector<bool> deferred(block.size(), false);
  auto done = connect();
  if (done) done = look_up(block, hits, deferred);
  for (std::size_t i = 0; done && i < block.size(); ++i) {
    if (block[i].error) {
      ++answer.input_errors;
      if (json_) append_error(answer.lines[i], block[i]);
      if (!json_) answer.errors.push_back(*block[i].error);
    } else if (deferred[i]) {
      answer.matched = true;
      answer.deferred.push_back(i);
      answer.deferred_records.push_back(block[i].record);
    } else {
      auto line = format(block[i].record.id, hits[i], answer.matched);
      if (line) answer.lines[i] = *std::move(line);
      if (!line) done = tl::unexpected(std::move(line).error());
    }
  }
  if (!done) answer.error = std::move(done).error();
  return answer;
}

// The next rows of the file; nothing at its end, when told to stop, or after the source failed.
class BlockSource {
 public:
  BlockSource(SignalReader& reader, Console& console) : reader_(reader), console_(console) {}

  std::optional<Block> next() {
    Block block;
    while (!ended_ && block.size() < kBlockQueries && !console_.stopping()) {
      Query query;
      auto any = reader_.next(query.record);
      ended_ = any ? !*any : any.error().code == Code::kUnavailable;
      if (any && !*any) break;
      query.line = reader_.line_number();
      if (!any) query.error = std::move(any).error();
      if (ended_) failure_ = query.error;
      block.push_back(std::move(query));
    }
    if (block.empty()) return std::nullopt;
    return block;
  }
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  SignalReader& reader_;
  Console& console_;
  bool ended_ = false;
  std::optional<Error> failure_;
};

Result<void> print_block(const BlockAnswer& answer, Answerer& alone, Console& console) {
  if (answer.error) return tl::unexpected(Error(*answer.error));
  for (const Error& error : answer.errors) console.error(error);
  std::size_t deferred = 0;
  for (std::size_t i = 0; i < answer.lines.size(); ++i) {
    if (deferred < answer.deferred.size() && answer.deferred[deferred] == i) {
      SEAWALL_TRY(const std::string line, alone.answer_alone(answer.deferred_records[deferred]));
      ++deferred;
      console.print(line);
    } else {
      console.print(answer.lines[i]);
    }
  }
  return {};
}

}  // namespace

Result<Outcome> match_signal_file(const std::string& path, const std::vector<OpenBank>& banks,
                                  std::size_t workers, Console& console) {
  SEAWALL_TRY(InputFile file, InputFile::open(path, console));
  auto reader = SignalReader::open(file.source(), {.id_required = false});
  if (!reader) return tl::unexpected(std::move(reader).error().within(path));
  BlockSource source(*reader, console);
  std::vector<Answerer> answerers;
  answerers.reserve(workers);
  for (std::size_t i = 0; i < workers; ++i) answerers.emplace_back(banks, console.json());
  Answerer alone(banks, console.json());
  Outcome outcome;
  Result<void> printed;
  std::uint64_t rows = 0;
  OrderedWork<Block, BlockAnswer> work(workers, 2 * workers + 1);
  work.run([&] { return source.next(); },
           [&](std::size_t worker, const Block& block) { return answerers[worker].answer(block); },
           [&](const BlockAnswer& answer) {
             printed = print_block(answer, alone, console);
             rows += answer.lines.size();
             if (!console.out_is_terminal()) console.progress(std::to_string(rows) + " rows answered");
             outcome.matched = outcome.matched || answer.matched;
             outcome.input_errors += answer.input_errors;
             return printed.has_value() && !console.stopping();
           });
  console.progress("");
  SEAWALL_CHECK(std::move(printed));
  if (source.failure()) return tl::unexpected(Error(*source.failure()));
  if (outcome.input_errors > 0) {
    console.note(std::to_string(outcome.input_errors) + " rows of " + path + " could not be read");
  }
  return outcome;
}

}  // namespace seawall::cli
