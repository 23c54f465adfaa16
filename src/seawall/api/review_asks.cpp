#include "seawall/api/review_asks.h"

#include "seawall/model/list_bank.h"

namespace seawall {
namespace {

using Kind = JsonMember::Kind;

constexpr std::int64_t kLimitMost = 1'000'000;
constexpr std::size_t kNoteBytesMax = 2'000;

JsonValueReader classification_into(Classification& into) {
  return [&into](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    if (member.kind != Kind::kObject) return wrong_value("an object with scheme and value is needed");
    JsonFields fields;
    fields
        .required("scheme", word_into(into.scheme, &classification_scheme_from_text,
                                      "ncmec, uk, interpol, iccam, gifct or other"))
        .required("value", text_into(into.value, 1, Classification::kValueBytesMax));
    if (auto read = fields.read_member(reader, member); !read) return read;
    if (const auto fits = check_classification(into); !fits)
      return wrong_value(fits.error().message, "/value");
    return {};
  };
}

Result<bool> scope_from_text(std::string_view text) {
  if (text == "cluster") return true;
  if (text == "item") return false;
  return fail(Code::kInvalidInput, "cluster or item is needed");
}

Result<ReportState> outcome_from_text(std::string_view text) {
  if (const auto outcome = report_outcome_named(text)) return *outcome;
  return fail(Code::kInvalidInput, "passed-on, not-illegal, not-found or not-ours is needed");
}

JsonValueReader limit_into(std::int64_t& into) { return number_into(into, 0, kLimitMost); }

JsonRead<LimitsAsk> limits_from(std::string_view body, bool with_why) {
  LimitsAsk ask;
  JsonFields fields;
  fields.optional("stills", maybe_into(ask.stills, limit_into))
      .optional("stills_high", maybe_into(ask.stills_high, limit_into))
      .optional("stills_hour", maybe_into(ask.stills_hour, limit_into))
      .optional("reveal_s", maybe_into(ask.reveal_s, limit_into))
      .optional("reveal_high_s", maybe_into(ask.reveal_high_s, limit_into))
      .optional("reveal_hour_s", maybe_into(ask.reveal_hour_s, limit_into));
  if (with_why) fields.required("why", text_into(ask.why, 1, Authorship::kWhyBytesMax, true));
  JsonObjectReader reader;
  if (auto read = fields.read(reader, body); !read) return tl::unexpected(std::move(read).error());
  if (!with_why && fields.seen() == 0) return wrong_value("a limit is needed");
  return ask;
}

}  // namespace

ExposureLimits LimitsAsk::over(ExposureLimits limits) const {
  limits.stills = stills.value_or(limits.stills);
  limits.stills_high = stills_high.value_or(limits.stills_high);
  limits.stills_hour = stills_hour.value_or(limits.stills_hour);
  limits.reveal_s = reveal_s.value_or(limits.reveal_s);
  limits.reveal_high_s = reveal_high_s.value_or(limits.reveal_high_s);
  limits.reveal_hour_s = reveal_hour_s.value_or(limits.reveal_hour_s);
  return limits;
}

JsonRead<GradeAsk> grading_from_json(std::string_view body) {
  GradeAsk ask;
  JsonFields fields;
  fields.required("grade", word_into(ask.grade, &review_grade_from_text, "confirmed, not-a-match or unsure"))
      .optional("classification", maybe_into(ask.classification, classification_into))
      .optional("why", text_into(ask.why, 1, Authorship::kWhyBytesMax, true))
      .optional("scope", word_into(ask.whole_cluster, &scope_from_text, "cluster or item"))
      .optional("second_opinion", flag_into(ask.second_opinion))
      .optional("quarantine", flag_into(ask.quarantine));
  JsonObjectReader reader;
  if (auto read = fields.read(reader, body); !read) return tl::unexpected(std::move(read).error());
  if (ask.quarantine && ask.grade != ReviewGrade::kNotAMatch)
    return wrong_value("it goes with not-a-match", "/quarantine");
  if (ask.quarantine && ask.why.empty()) return wrong_value("say why the entry shall be held back", "/why");
  return ask;
}

JsonRead<ReviewViewing> viewing_from_json(std::string_view body) {
  ReviewViewing viewing;
  std::int64_t still = 0;
  JsonFields fields;
  fields.required("still", number_into(still, 1, static_cast<std::int64_t>(NewReviewItem::kStillsMax)))
      .required("rendered", flag_into(viewing.rendered))
      .optional("shown_ms", number_into(viewing.shown_ms, 0, ReviewViewing::kMsMax))
      .optional("revealed_ms", number_into(viewing.revealed_ms, 0, ReviewViewing::kMsMax));
  JsonObjectReader reader;
  if (auto read = fields.read(reader, body); !read) return tl::unexpected(std::move(read).error());
  viewing.still = static_cast<int>(still);
  return viewing;
}

JsonRead<ReportState> outcome_from_json(std::string_view body) {
  auto outcome = ReportState::kReceived;
  JsonFields fields;
  fields.required("outcome",
                  word_into(outcome, &outcome_from_text, "passed-on, not-illegal, not-found or not-ours"));
  JsonObjectReader reader;
  if (auto read = fields.read(reader, body); !read) return tl::unexpected(std::move(read).error());
  return outcome;
}

JsonRead<std::string> note_from_json(std::string_view body) {
  std::string text;
  JsonFields fields;
  fields.required("text", text_into(text, 1, kNoteBytesMax, true));
  JsonObjectReader reader;
  if (auto read = fields.read(reader, body); !read) return tl::unexpected(std::move(read).error());
  return text;
}

JsonRead<LimitsAsk> own_limits_from_json(std::string_view body) { return limits_from(body, false); }
JsonRead<LimitsAsk> house_limits_from_json(std::string_view body) { return limits_from(body, true); }

}  // namespace seawall
