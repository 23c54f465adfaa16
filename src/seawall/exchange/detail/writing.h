#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/exchange/exchange_format.h"

namespace seawall::exchange_detail {

/// Whether the record is one that a reader could have given. Errors: kInvalidInput says what is not.
Result<void> check_record(const ExchangeRecord& record);

/// What a record loses in a format: each name once.
class Losses {
 public:
  explicit Losses(std::vector<std::string>& out) : out_(out) {}
  void add(std::string_view name);
  /// `name` is lost if `present`.
  void add_if(bool present, std::string_view name) {
    if (present) add(name);
  }
  /// Every carried signal of another type than `kept`.
  void carried_but(const EntrySignals& signals, std::initializer_list<std::string_view> kept);
  /// The quality of a PDQ hash, where one is known.
  void qualities(const EntrySignals& signals);

 private:
  std::vector<std::string>& out_;
};

/// Carried signals of one record are written until they pass this many bytes together; the others are lost.
/// So that what is written stays under kRecordBytesMax; not of our own JSON, which carries videos.
inline constexpr std::size_t kCarriedBytesMax = 1 << 20;

/// The first carried signal of a type, or nullptr.
[[nodiscard]] const CarriedSignal* carried_of(const EntrySignals& signals, std::string_view type);
/// The value of an attribute, or nullptr.
[[nodiscard]] const std::string* attribute_of(const EntryContent& content, std::string_view name);

/// Collects what is written and hands it to the sink in blocks.
class BufferedSink {
 public:
  explicit BufferedSink(ByteSink& sink) : sink_(sink) {}
  std::string& text() { return text_; }
  /// After each record.
  Result<void> flush_if_full() { return text_.size() < kBlockBytes ? Result<void>() : flush(); }
  Result<void> flush() {
    auto written = text_.empty() ? Result<void>() : sink_.write(text_);
    text_.clear();
    return written;
  }

 private:
  static constexpr std::size_t kBlockBytes = 128 * 1024;
  ByteSink& sink_;
  std::string text_;
};

}  // namespace seawall::exchange_detail
