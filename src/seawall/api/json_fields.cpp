#include "seawall/api/json_fields.h"

#include <algorithm>
#include <charconv>

namespace seawall {
namespace {

using Kind = JsonMember::Kind;

/// What the reader of JSON itself finds has no place: the text is no JSON at all from there on.
JsonFault whole_body(const Error& error) { return {"", error.message}; }

/// A fault out of a callback of the reader, which speaks Result: the fault waits here meanwhile.
class Carried {
 public:
  Result<void> operator()(JsonRead<void> read) {
    if (read) return {};
    fault_ = std::move(read).error();
    return fail(Code::kInvalidInput, "fault");
  }
  JsonRead<void> unpacked(const Result<void>& done) {
    if (done) return {};
    if (fault_) return tl::unexpected(*std::move(fault_));
    return tl::unexpected(whole_body(done.error()));
  }

 private:
  std::optional<JsonFault> fault_;
};

JsonRead<void> within(JsonRead<void> read, std::string_view name) {
  if (!read) read.error().at.insert(0, name).insert(0, "/");
  return read;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_line_control(char c) { return is_control(c) && c != '\t' && c != '\n' && c != '\r'; }

std::string range_words(std::string_view what, std::int64_t least, std::int64_t most) {
  return std::string(what) + " from " + std::to_string(least) + " to " + std::to_string(most) + " is needed";
}

}  // namespace

tl::unexpected<JsonFault> wrong_value(std::string detail, std::string at) {
  return tl::unexpected(JsonFault{std::move(at), std::move(detail)});
}

bool may_be_member_name(std::string_view text) {
  constexpr std::size_t kBytesMax = 20, kHexMax = 15;
  const auto is_hex = [](char c) {
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9');
  };
  const auto is_plain = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (text.empty() || text.size() > kBytesMax || !std::ranges::all_of(text, is_plain)) return false;
  return text.size() <= kHexMax || !std::ranges::all_of(text, is_hex);
}

JsonFields& JsonFields::required(std::string_view name, JsonValueReader read) {
  fields_.push_back({name, std::move(read), true, false});
  return *this;
}

JsonFields& JsonFields::optional(std::string_view name, JsonValueReader read) {
  fields_.push_back({name, std::move(read), false, false});
  return *this;
}

JsonRead<void> JsonFields::take(JsonObjectReader& reader, const JsonMember& member) {
  const auto field = std::ranges::find(fields_, member.key, &Field::name);
  if (field == fields_.end()) {
    // A name is the caller's own text: shown only as far as it can be one, and cannot be a hash.
    const std::string at = may_be_member_name(member.key) ? "/" + std::string(member.key) : "";
    return wrong_value("there is no such member here; see docs/openapi.yaml", at);
  }
  if (std::exchange(field->seen, true)) {
    return wrong_value("it may stand there once", "/" + std::string(field->name));
  }
  ++seen_;
  return within(field->read(reader, member), field->name);
}

JsonRead<void> JsonFields::check_needed() const {
  for (const Field& field : fields_) {
    if (field.needed && !field.seen) return wrong_value("it is needed", "/" + std::string(field.name));
  }
  return {};
}

JsonRead<void> JsonFields::read(JsonObjectReader& reader, std::string_view body) {
  Carried carried;
  const auto done =
      reader.read(body, [&](const JsonMember& member) { return carried(take(reader, member)); });
  if (auto read = carried.unpacked(done); !read) return read;
  return check_needed();
}

JsonRead<void> JsonFields::read_member(JsonObjectReader& reader, const JsonMember& member) {
  if (member.kind != Kind::kObject) return wrong_value("an object is needed");
  Carried carried;
  const auto done = reader.members([&](const JsonMember& one) { return carried(take(reader, one)); });
  if (auto read = carried.unpacked(done); !read) return read;
  return check_needed();
}

JsonValueReader text_into(std::string& into, std::size_t least, std::size_t most, bool lines) {
  return [&into, least, most, lines](JsonObjectReader&, const JsonMember& member) -> JsonRead<void> {
    if (member.kind != Kind::kString || member.text.size() < least || member.text.size() > most) {
      return wrong_value("text of " + std::to_string(least) + " to " + std::to_string(most) +
                         " bytes is needed");
    }
    if (std::ranges::any_of(member.text, lines ? is_line_control : is_control)) {
      return wrong_value("it must hold no control characters");
    }
    into = member.text;
    return {};
  };
}

JsonValueReader number_into(std::int64_t& into, std::int64_t least, std::int64_t most) {
  return [&into, least, most](JsonObjectReader&, const JsonMember& member) -> JsonRead<void> {
    std::int64_t value = 0;
    const char* const end = member.text.data() + member.text.size();
    const auto read = std::from_chars(member.text.data(), end, value);
    if (member.kind != Kind::kNumber || read.ec != std::errc() || read.ptr != end || value < least ||
        value > most) {
      return wrong_value(range_words("a whole number", least, most));
    }
    into = value;
    return {};
  };
}

JsonValueReader flag_into(bool& into) {
  return [&into](JsonObjectReader&, const JsonMember& member) -> JsonRead<void> {
    if (member.kind != Kind::kBool) return wrong_value("true or false is needed");
    into = member.text == "true";
    return {};
  };
}

JsonValueReader time_into(Time& into) {
  return [&into](JsonObjectReader&, const JsonMember& member) -> JsonRead<void> {
    constexpr std::size_t kBytesMax = 40, kDayBytes = 10;
    constexpr std::string_view kNeeded = "a time such as 2027-01-31T12:00:00Z is needed";
    if (member.kind != Kind::kString || member.text.size() <= kDayBytes || member.text.size() > kBytesMax) {
      return wrong_value(std::string(kNeeded));
    }
    const auto time = time_from_text(member.text);
    const bool has_zone = member.text.find_first_of("Zz+-", kDayBytes) != std::string_view::npos;
    if (!time || !has_zone || member.text[kDayBytes] == ' ') return wrong_value(std::string(kNeeded));
    into = *time;
    return {};
  };
}

JsonValueReader array_of(std::size_t least, std::size_t most, JsonValueReader element) {
  return [least, most, element = std::move(element)](JsonObjectReader& reader,
                                                     const JsonMember& member) -> JsonRead<void> {
    const std::string needed =
        "an array of " + std::to_string(least) + " to " + std::to_string(most) + " elements is needed";
    if (member.kind != Kind::kArray) return wrong_value(needed);
    std::size_t count = 0;
    Carried carried;
    const auto done = reader.elements([&](const JsonMember& one) -> Result<void> {
      if (count == most) return carried(wrong_value(needed));
      return carried(within(element(reader, one), std::to_string(count++)));
    });
    if (auto read = carried.unpacked(done); !read) return read;
    if (count < least) return wrong_value(needed);
    return {};
  };
}

}  // namespace seawall
