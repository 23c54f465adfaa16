#include "seawall/service/review_calls.h"

#include <algorithm>

#include "seawall/api/list_asks.h"
#include "seawall/api/review_asks.h"
#include "seawall/follow/list_query.h"
#include "seawall/lists/decision.h"
#include "seawall/net/secret.h"
#include "seawall/service/list_answers.h"
#include "seawall/service/review_json.h"

namespace seawall {
namespace {

using Kind = ReviewRefusal::Kind;

constexpr std::size_t kBodyBytesMax = std::size_t{16} << 10;
constexpr std::int64_t kRetryAfterMost = 3'600;
constexpr std::size_t kEffectsAtOnce = 100;

constexpr std::string_view kSwitchOn =
    "This service keeps nothing for review: give its settings a [review] table, docs/howto/review.md.";

std::string_view words_for(Kind kind) {
  switch (kind) {
    case Kind::kNoSuchItem:
      return "There is no such item; GET /v1/review/items lists them.";
    case Kind::kNoSuchStill:
      return "There is no such still, or you were not given it, or it was erased.";
    case Kind::kLeased:
      return "Another person has claimed it.";
    case Kind::kNotLeased:
      return "You have not claimed it, or no longer: claim it first.";
    case Kind::kTooManyLeases:
      return "You have claimed as many as you may: grade or release one first.";
    case Kind::kOwnOpinion:
      return "You have graded it: another person must say what they see.";
    case Kind::kDecided:
      return "It is decided.";
    case Kind::kCannotUndo:
      return "It cannot be undone: it was not you, or too long ago, or others have graded it since.";
    case Kind::kLooser:
      return "A limit can be made smaller than the floor and the house's, never larger.";
    default:
      return "You have been shown as much as anybody may be: look away, and come back later. Grading needs "
             "no look.";
  }
}

CallProblem problem_of(const ReviewRefusal& refusal) {
  if (refusal.kind == Kind::kFailed) return CallProblem(refusal.error);
  const bool missing = refusal.kind == Kind::kNoSuchItem || refusal.kind == Kind::kNoSuchStill;
  ProblemKind kind = missing ? ProblemKind::kNotFound : ProblemKind::kConflict;
  if (refusal.kind == Kind::kBudget) kind = ProblemKind::kRateLimited;
  CallProblem problem(kind, std::string(words_for(refusal.kind)));
  return problem;
}

Reviewer reviewer_of(const Call& call) { return {call.tenant(), call.who().who}; }

Called<std::int64_t> item_in(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  const auto id = review_item_named(call.captured.front());
  if (!id) return refuse(ProblemKind::kInvalidInput, "An item is named by a v and its number, such as v12.");
  return *id;
}

Called<int> still_in(const Call& call) {
  const std::string& text = call.captured.at(1);
  if (text.size() == 1 && text[0] >= '1' && text[0] <= '8') return text[0] - '0';
  return refuse(ProblemKind::kInvalidInput, "A still is named by its number, 1 to 8.");
}

/// The answer, or why not.
template <class T>
CallResult answered(Reviewed<T> done) {
  if (!done) return tl::unexpected(problem_of(done.error()));
  return json_result(200, json_of(*done));
}

Called<ReviewQuery> query_of(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  ReviewQuery out;
  SEAWALL_TRY(const auto state, query.any_text("state"));
  SEAWALL_TRY(const auto severity, query.any_text("severity"));
  SEAWALL_TRY(auto bank, query.text("bank", ListBank::kNameBytesMax));
  SEAWALL_TRY(const auto mine, query.flag("mine"));
  SEAWALL_TRY(const PageAsk page, page_from(query));
  SEAWALL_CHECK(query.finish());
  if (state && *state != "open" && *state != "waiting" && *state != "decided")
    return refuse_at("?state", "open or waiting or decided is needed");
  out.state = state.value_or("open");
  if (severity) {
    out.severity = severity_named(*severity);
    if (!out.severity) return refuse_at("?severity", "high or medium or low is needed");
  }
  out.bank = std::move(bank).value_or("");
  out.mine = mine.value_or(false);
  out.limit = static_cast<std::int64_t>(page.limit);
  if (page.after.empty()) return out;
  const auto after = review_item_named(page.after);
  if (!after) return wrong_after();
  out.after = *after;
  return out;
}

/// Zeroed when the answer has left.
std::shared_ptr<const std::string> secret_text(std::span<const std::uint8_t> bytes) {
  const auto wipe = [](std::string* text) {
    wipe_bytes(text->data(), text->size());
    delete text;
  };
  return std::shared_ptr<std::string>(
      new std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), wipe);
}

}  // namespace

void ReviewCalls::serve(ServedOperations& operations) {
  using Run = CallResult (ReviewCalls::*)(const Call&);
  const auto add = [&](Operation operation, Run run, std::size_t json_bytes) {
    ServedOperation served;
    served.lane = Lane::kStore;
    served.json_bytes_max = json_bytes;
    served.run = [this, run](Call& call) -> CallResult {
      if (parts_.book == nullptr) return refuse(ProblemKind::kNotServed, std::string(kSwitchOn));
      return (this->*run)(call);
    };
    operations.serve(operation, std::move(served));
  };
  add(Operation::kReviewItems, &ReviewCalls::items, 0);
  add(Operation::kReviewItem, &ReviewCalls::item, 0);
  add(Operation::kClaimReview, &ReviewCalls::claim, 0);
  add(Operation::kReleaseReview, &ReviewCalls::release, 0);
  add(Operation::kGradeReview, &ReviewCalls::grade, kBodyBytesMax);
  add(Operation::kUndoReview, &ReviewCalls::undo, 0);
  add(Operation::kViewedReview, &ReviewCalls::viewed, kBodyBytesMax);
  add(Operation::kReviewStill, &ReviewCalls::still, 0);
  add(Operation::kMyReview, &ReviewCalls::me, 0);
  add(Operation::kLimitMyReview, &ReviewCalls::limit_me, kBodyBytesMax);
  add(Operation::kReviewSettings, &ReviewCalls::settings, 0);
  add(Operation::kAlterReviewSettings, &ReviewCalls::alter_settings, kBodyBytesMax);
  add(Operation::kReviewTotals, &ReviewCalls::totals, 0);
}

CallResult ReviewCalls::items(const Call& call) {
  SEAWALL_TRY(const ReviewQuery query, query_of(call));
  const auto page = parts_.book->items(reviewer_of(call), query);
  if (!page) return tl::unexpected(problem_of(page.error()));
  Json json;
  json["items"] = Json::array();
  for (const ReviewView& one : page->items) json["items"].push_back(json_of(one));
  json["next"] = page->next == 0 ? Json(nullptr) : Json(review_item_name(page->next));
  return json_result(200, json);
}

CallResult ReviewCalls::item(const Call& call) {
  SEAWALL_TRY(const std::int64_t id, item_in(call));
  return answered(parts_.book->item(reviewer_of(call), id));
}

CallResult ReviewCalls::claim(const Call& call) {
  SEAWALL_TRY(const std::int64_t id, item_in(call));
  return changed(call, parts_.book->claim(reviewer_of(call), id));
}

CallResult ReviewCalls::release(const Call& call) {
  SEAWALL_TRY(const std::int64_t id, item_in(call));
  return changed(call, parts_.book->release(reviewer_of(call), id));
}

CallResult ReviewCalls::changed(const Call& call, Reviewed<ReviewView> done) const {
  if (done) parts_.changed(call.tenant());
  return answered(std::move(done));
}

CallResult ReviewCalls::graded(const Call& call, std::int64_t id, const GradeDone& done) {
  parts_.changed(call.tenant());
  const auto now = parts_.book->item(reviewer_of(call), id);
  if (!now) return tl::unexpected(problem_of(now.error()));
  Json json;
  json["item"] = json_of(*now);
  json["items"] = Json::array();
  for (const std::int64_t one : done.graded) json["items"].push_back(review_item_name(one));
  json["undo_until"] = time_json(done.undo_until);
  return json_result(200, json);
}

CallResult ReviewCalls::grade(const Call& call) {
  SEAWALL_TRY(const GradeAsk ask, body_as(call, &grading_from_json));
  SEAWALL_TRY(const std::int64_t id, item_in(call));
  const auto done = parts_.book->grade(reviewer_of(call), id, ask);
  if (!done) return tl::unexpected(problem_of(done.error()));
  return graded(call, id, *done);
}

CallResult ReviewCalls::undo(const Call& call) {
  SEAWALL_TRY(const std::int64_t id, item_in(call));
  const auto done = parts_.book->undo(reviewer_of(call), id);
  if (!done) return tl::unexpected(problem_of(done.error()));
  return graded(call, id, *done);
}

CallResult ReviewCalls::viewed(const Call& call) {
  SEAWALL_TRY(const ReviewViewing viewing, body_as(call, &viewing_from_json));
  SEAWALL_TRY(const std::int64_t id, item_in(call));
  return answered(parts_.book->viewed(reviewer_of(call), id, viewing));
}

CallResult ReviewCalls::still(const Call& call) {
  SEAWALL_TRY(const std::int64_t id, item_in(call));
  SEAWALL_TRY(const int n, still_in(call));
  const auto shown = parts_.book->show(reviewer_of(call), id, n);
  if (!shown) {
    CallProblem problem = problem_of(shown.error());
    if (shown.error().retry_after) {
      problem.retry_after_s = static_cast<std::uint32_t>(
          std::clamp<std::int64_t>(shown.error().retry_after->count(), 1, kRetryAfterMost));
    }
    return tl::unexpected(std::move(problem));
  }
  HttpAnswer answer;
  answer.body = secret_text(shown->picture.bytes());
  answer.fields = {{"Content-Type", "application/octet-stream"},
                   {"Cache-Control", "no-store"},
                   {"X-Content-Type-Options", "nosniff"},
                   {"Cross-Origin-Resource-Policy", "same-origin"},
                   {"Still-Width", std::to_string(shown->picture.width_px())},
                   {"Still-Height", std::to_string(shown->picture.height_px())},
                   {"Reveal-Left-Ms", std::to_string(shown->reveal_ms_left)}};
  return answer;
}

CallResult ReviewCalls::me(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  return answered(parts_.book->me(reviewer_of(call)));
}

CallResult ReviewCalls::limit_me(const Call& call) {
  SEAWALL_TRY(const LimitsAsk ask, body_as(call, &own_limits_from_json));
  const auto mine = parts_.book->me(reviewer_of(call));
  if (!mine) return tl::unexpected(problem_of(mine.error()));
  return answered(parts_.book->limit_myself(reviewer_of(call), ask.over(mine->in_force)));
}

CallResult ReviewCalls::settings_answer(const ExposureLimits& limits) const {
  Json json;
  json["floor"] = json_of(exposure_floor());
  json["limits"] = json_of(limits);
  json["keep_days"] = parts_.settings.queue.keep / std::chrono::days(1);
  json["undo_s"] = parts_.settings.queue.undo.count();
  json["sample_permille"] = parts_.settings.queue.sample_permille;
  return json_result(200, json);
}

CallResult ReviewCalls::settings(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  const auto limits = parts_.book->house_limits();
  if (!limits) return tl::unexpected(problem_of(limits.error()));
  return settings_answer(*limits);
}

CallResult ReviewCalls::alter_settings(const Call& call) {
  SEAWALL_TRY(const LimitsAsk ask, body_as(call, &house_limits_from_json));
  const auto limits = parts_.book->house_limits();
  if (!limits) return tl::unexpected(problem_of(limits.error()));
  const auto set = parts_.book->set_house_limits(reviewer_of(call), ask.over(*limits), ask.why);
  if (!set) return tl::unexpected(problem_of(set.error()));
  return settings_answer(*set);
}

CallResult ReviewCalls::totals(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  return answered(parts_.book->totals(call.tenant()));
}

void ReviewCalls::write_metrics(MetricsText& out) const {
  if (parts_.book == nullptr) return;
  const auto counts = parts_.book->counts();
  if (!counts) return;
  out.family("seawall_review_items", "gauge", "Items that nobody has decided.");
  out.sample({}, static_cast<std::uint64_t>(counts->waiting));
  out.family("seawall_review_oldest_seconds", "gauge", "Age of the oldest of these.");
  out.sample({}, static_cast<std::uint64_t>(counts->oldest_s));
  out.family("seawall_review_not_kept_total", "counter",
             "Items or their stills that were not kept for want of room.");
  out.sample({}, static_cast<std::uint64_t>(counts->not_kept));
}

namespace {

Result<void> carry_out_one(const ReviewEffect& effect, const ListParts& lists) {
  const auto entry = entry_from_name(effect.entry);
  if (!entry) return fail(Code::kCorrupt, "a review item names no entry");
  if (effect.quarantine) {
    const auto held = lists.lists.quarantine(*entry, {effect.person, effect.why});
    if (!held) return tl::unexpected(Error(held.error()));
    return {};
  }
  Decision decision;
  decision.entry = *entry;
  decision.match = "review:" + effect.item;
  decision.confirmed = effect.confirmed;
  if (effect.signal != name_of(MetBy::kVideo) && effect.signal != name_of(MetBy::kTmk))
    decision.signal = effect.signal;
  const std::string why = effect.why.empty() ? "review of " + effect.item : effect.why;
  SEAWALL_CHECK(
      record_decision(lists.store, lists.feedback, decision, {effect.person, why, lists.clock.now()}));
  return {};
}

/// Whether trying again may help.
bool may_pass(const ReviewEffect& effect, const Error& error) {
  if (error.code == Code::kConflict) return !effect.quarantine;
  return error.code == Code::kUnavailable || error.code == Code::kLimitExceeded;
}

}  // namespace

Result<void> carry_out(ReviewBook& book, const ListParts& lists,
                       const std::function<void(const Error&)>& problem) {
  SEAWALL_TRY(const auto due, book.effects_due(kEffectsAtOnce));
  for (const ReviewEffect& effect : due) {
    if (auto done = carry_out_one(effect, lists); !done) {
      const bool again = may_pass(effect, done.error());
      problem(std::move(done).error().within(effect.item));
      if (again) continue;
    }
    SEAWALL_CHECK(book.effect_done(effect.id));
  }
  return {};
}

}  // namespace seawall
