#include "seawall/api/match_answer.h"

#include <algorithm>
#include <cmath>

#include "seawall/base/codes.h"
#include "seawall/base/hex.h"
#include "seawall/json/text.h"

namespace seawall {
namespace {

/// Writes members of objects, with their commas. Names are the program's own words.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void open(char bracket) {
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void next() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void name(std::string_view name) {
    next();
    out_.append("\"").append(name).append("\":");
  }
  void text(std::string_view key, std::string_view value) {
    name(key);
    append_json_string(out_, value);
  }
  void number(std::string_view key, std::int64_t value) {
    name(key);
    append_json_number(out_, value);
  }
  void thousandths(std::string_view key, std::int64_t value) {
    name(key);
    append_json_number(out_, value / 1000);
    const std::string rest = std::to_string(1000 + value % 1000);
    out_.append(".").append(rest, 1);
  }
  void flag(std::string_view key, bool value) {
    name(key);
    out_ += value ? "true" : "false";
  }
  void none(std::string_view key) {
    name(key);
    out_ += "null";
  }
  void element(std::string_view value) {
    next();
    append_json_string(out_, value);
  }

 private:
  std::string& out_;
  bool first_ = true;
};

bool is_shown(const LookupMatch& match, const AnswerStyle& style) {
  return style.include_silent || match.match.standing == Standing::kEnforced;
}

/// Of a video: where it shows what of the listed one.
void write_parts(Writer& write, std::span<const ClipPart> parts) {
  if (parts.empty()) return;
  write.name("parts");
  write.open('[');
  for (const ClipPart& part : parts) {
    write.next();
    write.open('{');
    write.text("tier", part.tier);
    write.number("begin_ms", part.begin_ms);
    write.number("end_ms", part.end_ms);
    write.number("listed_begin_ms", part.listed_begin_ms);
    write.number("listed_end_ms", part.listed_end_ms);
    write.thousandths("speed", std::llround(part.speed * 1000));
    write.number("frames", part.frames);
    write.number("distance", part.distance_bits);
    write.text("variant", part.variant);
    write.close('}');
  }
  write.close(']');
}

void write_match(Writer& write, const LookupMatch& met, std::string_view id, const MatchNames& names) {
  const ListMatch& match = met.match;
  const std::string entry = to_text(match.entry);
  write.next();
  write.open('{');
  write.text("match", id.empty() ? entry : entry + "@" + std::string(id));
  write.text("entry", entry);
  write.text("bank", names.bank);
  write.text("source", names.source);
  write.text("signal", match.met_by ? name_of(*match.met_by) : name_of(match.type));
  write.number("distance", match.distance_bits);
  write.number("radius", match.radius_bits);
  write.text("variant", met.variant.name());
  write.number("frame", met.frame);
  if (met.quality) {
    write.number("quality", *met.quality);
  } else {
    write.none("quality");
  }
  write.text("standing", name_of(match.standing));
  write.text("action", name_of(match.action));
  if (names.classification) {
    write.name("classification");
    write.open('{');
    write.text("scheme", name_of(names.classification->scheme));
    write.text("value", names.classification->value);
    write.close('}');
  } else {
    write.none("classification");
  }
  write.text("series", names.series);
  write.number("list_version", static_cast<std::int64_t>(names.version));
  write_parts(write, met.parts);
  write.close('}');
}

void write_picture(Writer& write, const LookedAt& media) {
  write.text("type", mime_type_of(media.info.type));
  if (media.decoded) {
    write.number("width", media.info.width_px);
    write.number("height", media.info.height_px);
    write.number("frames", media.info.frames_total);
    write.number("frames_decoded", media.info.frames_decoded);
  }
  write.flag("truncated", media.info.truncated);
}

void write_video(Writer& write, const LookedAt& media) {
  const LookedAtVideo& video = *media.video;
  write.text("type", video.type);
  if (media.decoded) {
    write.number("width", video.width_px);
    write.number("height", video.height_px);
    write.number("length_ms", video.length_ms);
    write.number("frames_decoded", video.frames);
    write.text("looked_at", video.looked_closer    ? "closely"
                            : video.every_keyframe ? "keyframes"
                                                   : "interval");
  }
  write.flag("truncated", video.truncated);
}

void write_media(Writer& write, const LookedAt& media) {
  write.name("media");
  write.open('{');
  if (media.video) {
    write_video(write, media);
  } else {
    write_picture(write, media);
  }
  write.flag("decoded", media.decoded);
  write.number("size_bytes", static_cast<std::int64_t>(media.size_bytes));
  if (media.pdq) write.number("pdq_quality", media.pdq->quality);
  write.close('}');
}

void write_error(Writer& write, const Error& error) {
  write.name("error");
  write.open('{');
  write.text("code", meaning_of(error.code).name);
  write.text("message", error.message);
  write.close('}');
}

void write_failure(Writer& write, const Error& error, OnError mode) {
  write.name("failed");
  write.open('{');
  if (mode != OnError::kTell) write.text("mode", mode == OnError::kFailOpen ? "fail_open" : "fail_closed");
  write_error(write, error);
  write.close('}');
}

/// Those of shown matches only: a reason names its entry, and so would tell of one that is not shown.
void write_reasons(Writer& write, const LookupAnswer& answer, const AnswerStyle& style) {
  std::size_t next = 0;
  for (const LookupMatch& match : answer.matches) {
    if (!has_reason(match.match.standing) || next == answer.reasons.size()) continue;
    if (is_shown(match, style)) write.element(answer.reasons[next]);
    ++next;
  }
}

/// The members of ItemAnswer.
void write_item(Writer& write, const LookupAnswer& answer, const AnswerStyle& style, NamesOf names) {
  if (!answer.id.empty()) write.text("id", answer.id);
  if (!answer.decided && answer.failed) {
    write_error(write, *answer.failed);
    return;
  }
  write.text("verdict", name_of(answer.verdict));
  write.name("matches");
  write.open('[');
  for (const LookupMatch& match : answer.matches) {
    if (is_shown(match, style)) write_match(write, match, answer.id, names(match));
  }
  write.close(']');
  write.name("reasons");
  write.open('[');
  write_reasons(write, answer, style);
  if (answer.failed && answer.verdict == BankAction::kBlock && style.on_error == OnError::kFailClosed) {
    write.element("a part of the work failed, and the caller asked for block then");
  }
  write.close(']');
  if (answer.media) write_media(write, *answer.media);
  write.flag("observed", answer.observed);
  if (answer.failed) write_failure(write, *answer.failed, style.on_error);
}

void write_version(Writer& write, const ListVersion& version) {
  write.name("list_version");
  write.open('{');
  write.number("number", static_cast<std::int64_t>(version.number));
  write.text("chain", to_hex(version.chain));
  write.close('}');
}

void write_times(Writer& write, const LookupTimes& times, const AnswerStyle& style) {
  if (!style.timings) return;
  const auto us = [](std::chrono::nanoseconds time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  };
  write.name("timings");
  write.open('{');
  write.number("total_us", us(style.total));
  write.number("queue_us", us(style.queue));
  write.number("fetch_us", us(style.fetch));
  write.number("decode_us", us(times.decode));
  write.number("hash_us", us(times.hash));
  write.number("observe_us", us(times.observe));
  write.number("search_us", us(times.search));
  write.close('}');
}

}  // namespace

std::optional<BankAction> batch_verdict(std::span<const LookupAnswer> answers) {
  bool whole = true;
  BankAction strongest = BankAction::kAllow;
  for (const LookupAnswer& answer : answers) {
    whole = whole && answer.decided;
    // Block, review, allow stand in that order.
    if (answer.decided) strongest = std::min(strongest, answer.verdict);
  }
  if (!whole && strongest == BankAction::kAllow) return std::nullopt;
  return strongest;
}

void append_answer(std::string& out, const LookupAnswer& answer, const AnswerStyle& style, NamesOf names) {
  Writer write(out);
  write.open('{');
  write.text("request_id", style.request_id);
  write_item(write, answer, style, names);
  write_version(write, answer.list_version);
  write_times(write, answer.times, style);
  write.close('}');
}

void append_batch(std::string& out, std::span<const LookupAnswer> answers, const AnswerStyle& style,
                  NamesOf names) {
  LookupTimes times;
  for (const LookupAnswer& answer : answers) {
    times.decode += answer.times.decode;
    times.hash += answer.times.hash;
    // Items that were looked up together share these.
    times.observe = std::max(times.observe, answer.times.observe);
    times.search = std::max(times.search, answer.times.search);
  }
  Writer write(out);
  write.open('{');
  write.text("request_id", style.request_id);
  if (const auto verdict = batch_verdict(answers)) write.text("verdict", name_of(*verdict));
  write_version(write, answers.empty() ? ListVersion{} : answers.front().list_version);
  write.name("answers");
  write.open('[');
  for (const LookupAnswer& answer : answers) {
    write.next();
    write.open('{');
    write_item(write, answer, style, names);
    write.close('}');
  }
  write.close(']');
  write_times(write, times, style);
  write.close('}');
}

}  // namespace seawall
