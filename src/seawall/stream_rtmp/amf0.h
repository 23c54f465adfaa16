#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// Writes AMF0, as far as an RTMP player says anything. Threads: one.
class Amf0Writer {
 public:
  Amf0Writer& number(double value);
  Amf0Writer& boolean(bool value);
  /// At most 65,535 bytes.
  Amf0Writer& text(std::string_view value);
  /// A strict array of texts.
  Amf0Writer& texts(std::span<const std::string_view> values);
  Amf0Writer& null();
  Amf0Writer& begin_object();
  Amf0Writer& key(std::string_view name);
  Amf0Writer& end_object();
  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  void put(std::uint8_t value) { bytes_.push_back(static_cast<std::byte>(value)); }
  void short_text(std::string_view value);
  std::vector<std::byte> bytes_;
};

/// What a player must know of a server's command.
struct RtmpCommand {
  std::string name;  ///< "_result", "_error", "onStatus", ...
  double transaction = 0;
  std::optional<double> number;  ///< The first bare number after the command object: a stream's id.
  std::string level;             ///< Of the first object that has them, each at most 256 bytes.
  std::string code;
};

/// Reads the body of a command message. What it does not understand behind the name and the number ends the
/// reading without an error. Nesting at most 8 deep, and no more values than bytes. Errors: kInvalidInput (it
/// does not begin with a name and a number). Source: AMF 0 specification.
Result<RtmpCommand> read_rtmp_command(std::span<const std::byte> body);

}  // namespace seawall
