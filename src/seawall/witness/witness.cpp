#include "seawall/witness/witness.h"

#include <algorithm>
#include <utility>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"

namespace seawall {

/// An add-checkpoint that was understood.
struct Witness::Ask {
  std::string_view body;
  tlog::WitnessRequest request;
  tlog::SignedNote note;
  tlog::Checkpoint checkpoint;
  std::vector<std::size_t> verified;  ///< Those of note.signatures that keys of the log made.
};

namespace {

using Kind = HeadAnswer::Kind;

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kSize = "text/x.tlog.size";

WitnessAnswer refusal(int status, const std::string& why) { return {status, std::string(kText), why + "\n"}; }

}  // namespace

Result<std::unique_ptr<Witness>> Witness::make(tlog::NoteSigner key, std::vector<WitnessedLog> logs,
                                               HeadKeeper& keeper, const Clock& clock, AlarmSink& sink) {
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (logs[i].keys.empty()) return fail(Code::kInvalidInput, "a log without keys: name its vkey");
    for (std::size_t j = 0; j < i; ++j) {
      if (logs[j].origin == logs[i].origin) return fail(Code::kInvalidInput, "a log is named twice");
    }
  }
  return std::unique_ptr<Witness>(new Witness(std::move(key), std::move(logs), keeper, clock, sink));
}

const WitnessedLog* Witness::log_of(std::string_view origin) const {
  const auto found = std::ranges::find(logs_, origin, &WitnessedLog::origin);
  return found == logs_.end() ? nullptr : &*found;
}

WitnessAnswer Witness::add_checkpoint(std::string_view body) {
  auto request = tlog::parse_witness_request(body);
  if (!request) return ++malformed_, refusal(400, request.error().message);
  auto note = tlog::parse_note(request->checkpoint);
  if (!note) return ++malformed_, refusal(400, note.error().message);
  auto checkpoint = tlog::parse_checkpoint(note->text);
  if (!checkpoint) return ++malformed_, refusal(400, checkpoint.error().message);
  const WitnessedLog* log = log_of(checkpoint->origin);
  if (log == nullptr) return ++unknown_, refusal(404, "no log of that origin is known here");
  auto verified = tlog::verify_note(*note, log->keys);
  if (!verified) return ++forbidden_, refusal(403, verified.error().message);
  return judge({body, *std::move(request), *std::move(note), *std::move(checkpoint), *std::move(verified)});
}

/// The note with the signatures that were verified and this one's own, whose line goes into `line`.
Result<std::string> Witness::sign(const Ask& ask, std::string& line) const {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch());
  SEAWALL_TRY(const tlog::NoteSignature own,
              key_.sign(ask.note.text, static_cast<std::uint64_t>(now.count())));
  tlog::SignedNote kept{.text = ask.note.text, .signatures = {}};
  for (const std::size_t i : ask.verified) kept.signatures.push_back(ask.note.signatures[i]);
  kept.signatures.push_back(own);
  line = tlog::print_signature(own);
  return tlog::print_note(kept);
}

WitnessAnswer Witness::judge(const Ask& ask) {
  const HeadStep step{.origin = ask.checkpoint.origin,
                      .old_size = ask.request.old_size,
                      .next = ask.checkpoint.head,
                      .proof = ask.request.proof};
  std::string line;
  const auto done = keeper_.advance(step, [&] { return sign(ask, line); });
  if (!done) return ++failed_, refusal(500, "it could not be kept, so it is not signed");
  alarm_if_it_lies(ask, *done);
  return answer_of(ask, *done, line);
}

WitnessAnswer Witness::answer_of(const Ask& ask, const HeadAnswer& done, const std::string& line) {
  switch (done.kind) {
    case Kind::kAdvanced:
      return ++signed_heads_, WitnessAnswer{200, std::string(kText), line};
    case Kind::kBackwards:
      return ++malformed_, refusal(400, "the old size is larger than the checkpoint's");
    case Kind::kStale:
      return ++stale_, WitnessAnswer{409, std::string(kSize), std::to_string(done.known.size) + "\n"};
    case Kind::kInconsistent:
      break;
  }
  return ++inconsistent_,
         refusal(422, "the checkpoint of " + std::to_string(ask.checkpoint.head.size) +
                          " entries is not shown to continue that of " + std::to_string(done.known.size));
}

/// Anybody may bring a head that the log signed, with any proof: what he brings with it must not count.
void Witness::alarm_if_it_lies(const Ask& ask, const HeadAnswer& done) {
  const tlog::TreeHead& next = ask.checkpoint.head;
  const bool split = next.size == done.known.size && next.root != done.known.root;
  const bool grew = done.kind == Kind::kInconsistent && next.size > done.known.size;
  if (done.kind == Kind::kAdvanced || (!split && !grew)) return;
  const auto kept = keeper_.head(ask.checkpoint.origin);
  const std::string known = tlog::print_checkpoint({ask.checkpoint.origin, done.known, {}});
  const bool is_new =
      sink_.on_alarm({.kind = split ? WitnessAlarm::Kind::kSplitView : WitnessAlarm::Kind::kInconsistent,
                      .origin = ask.checkpoint.origin,
                      .kept = kept && *kept ? (*kept)->text : std::string(),
                      .refused = std::string(ask.body),
                      .about = known + ask.note.text});
  if (is_new) ++(split ? split_views_ : suspicions_);
}

WitnessAnswer Witness::checkpoint(std::string_view origin_hash) {
  const auto log = std::ranges::find_if(
      logs_, [&](const WitnessedLog& one) { return to_hex(sha256_of(one.origin)) == origin_hash; });
  if (log == logs_.end()) return refusal(404, "no log of that origin is known here");
  auto head = keeper_.head(log->origin);
  if (!head) return ++failed_, refusal(500, "it cannot be read");
  if (!*head) return refusal(404, "no head of that log was signed yet");
  return {200, std::string(kText), std::move((*head)->text)};
}

WitnessCounts Witness::counts() const {
  return {signed_heads_, malformed_,   unknown_,    forbidden_, stale_,
          inconsistent_, split_views_, suspicions_, failed_};
}

}  // namespace seawall
