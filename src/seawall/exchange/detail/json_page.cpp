#include "seawall/exchange/detail/json_page.h"

#include <charconv>

#include "seawall/model/time_text.h"

namespace seawall::exchange_detail {

Result<void> JsonPageReader::step_top(bool& ended) {
  std::string_view name;
  SEAWALL_TRY(const bool any, stream_.next_member(name));
  ended = !any;
  if (!any) {
    SEAWALL_CHECK(stream_.finish());
    return on_end(seen_list_);
  }
  if (name != list_name_) {
    const std::string member(name);
    SEAWALL_TRY(const JsonStream::Value value, stream_.capture());
    return value.too_large ? Result<void>() : on_member(member, value.text);
  }
  if (seen_list_) return fail(Code::kInvalidInput, "the page has two members " + list_name_);
  seen_list_ = true;
  SEAWALL_CHECK(stream_.open_array());
  state_ = State::kList;
  return {};
}

Result<ExchangeOutcome> JsonPageReader::step(ExchangeRecord& record) {
  if (state_ == State::kStart) {
    SEAWALL_CHECK(stream_.open_object());
    state_ = State::kTop;
  }
  for (;;) {
    if (state_ == State::kTop) {
      bool ended = false;
      SEAWALL_CHECK(step_top(ended));
      if (ended) return ExchangeOutcome{};
      continue;
    }
    SEAWALL_TRY(const bool any, stream_.next_element());
    if (!any) {
      state_ = State::kTop;
      continue;
    }
    std::string place = "record " + std::to_string(++ordinal_);
    SEAWALL_TRY(const JsonStream::Value value, stream_.capture());
    if (value.too_large) {
      return refused(std::move(place), "record_too_large",
                     "the record has more than " + std::to_string(kRecordBytesMax) + " bytes");
    }
    return on_record(value.text, record, std::move(place));
  }
}

bool time_from_seconds(std::string_view text, Time& time) {
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  constexpr std::int64_t kMin = kTimeMin.time_since_epoch().count() / 1000;
  constexpr std::int64_t kMax = kTimeMax.time_since_epoch().count() / 1000;
  if (text.empty() || read.ec != std::errc() || read.ptr != end || seconds < kMin || seconds > kMax)
    return false;
  time = Time{std::chrono::seconds(seconds)};
  return true;
}

std::string seconds_text(Time time, bool& lossy) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  lossy = seconds != time;
  return std::to_string(seconds.time_since_epoch().count());
}

}  // namespace seawall::exchange_detail
