#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/json/object_reader.h"
#include "seawall/model/list_ids.h"
#include "seawall/model/time_text.h"

namespace seawall {

/// What is wrong with a body, and where.
struct JsonFault {
  std::string at;      ///< A JSON pointer, "/signals/pdq"; empty: the body as a whole.
  std::string detail;  ///< What is needed. Never holds what was sent.
};
template <class T>
using JsonRead = tl::expected<T, JsonFault>;

/// How one value is read. Errors: a fault whose `at` is relative to the value.
using JsonValueReader = std::function<JsonRead<void>(JsonObjectReader&, const JsonMember&)>;

/// The members that an object may have, each with the place it is read into. Whatever else stands there is
/// refused, as is a member that stands there twice, or is needed and missing: so that a misspelt member is
/// never passed over. Threads: one. Lifetime: borrows what the readers write to. Cost: one pass.
class JsonFields {
 public:
  JsonFields& required(std::string_view name, JsonValueReader read);
  JsonFields& optional(std::string_view name, JsonValueReader read);

  /// A whole body. `body` is followed in memory by JsonObjectReader::kPaddingBytes of anything.
  JsonRead<void> read(JsonObjectReader& reader, std::string_view body);
  /// As a value inside another object.
  JsonRead<void> read_member(JsonObjectReader& reader, const JsonMember& member);
  /// How many members stood there.
  [[nodiscard]] std::size_t seen() const { return seen_; }

 private:
  struct Field {
    std::string_view name;
    JsonValueReader read;
    bool needed = false;
    bool seen = false;
  };
  JsonRead<void> take(JsonObjectReader& reader, const JsonMember& member);
  [[nodiscard]] JsonRead<void> check_needed() const;

  std::vector<Field> fields_;
  std::size_t seen_ = 0;
};

/// `{at, detail}` as an error: `return wrong_value("a whole number is needed");`
tl::unexpected<JsonFault> wrong_value(std::string detail, std::string at = {});

/// `least` to `most` bytes without control characters; `lines`: tabs and line ends are allowed.
JsonValueReader text_into(std::string& into, std::size_t least, std::size_t most, bool lines = false);
JsonValueReader number_into(std::int64_t& into, std::int64_t least, std::int64_t most);
JsonValueReader flag_into(bool& into);
/// An instant of RFC 3339 with an offset or Z.
JsonValueReader time_into(Time& into);
/// One of the words, for which `parse` gives a Result<Word>; `words`: them all, for people.
template <class Word>
JsonValueReader word_into(Word& into, Result<Word> (*parse)(std::string_view), std::string words);
/// An array of at most `most` elements, at least `least`.
JsonValueReader array_of(std::size_t least, std::size_t most, JsonValueReader element);
/// Reads into a T by `reader_for` and puts it into the optional.
template <class T, class MakeReader>
JsonValueReader maybe_into(std::optional<T>& into, MakeReader reader_for);
/// The same; null makes it an inner none.
template <class T, class MakeReader>
JsonValueReader maybe_null_into(std::optional<std::optional<T>>& into, MakeReader reader_for);

template <class Word>
JsonValueReader word_into(Word& into, Result<Word> (*parse)(std::string_view), std::string words) {
  return [&into, parse, words = std::move(words)](JsonObjectReader&,
                                                  const JsonMember& member) -> JsonRead<void> {
    if (member.kind == JsonMember::Kind::kString) {
      if (const auto word = parse(member.text)) {
        into = *word;
        return {};
      }
    }
    return wrong_value(words + " is needed");
  };
}

template <class T, class MakeReader>
JsonValueReader maybe_into(std::optional<T>& into, MakeReader reader_for) {
  return [&into, reader_for](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    T value{};
    if (auto read = reader_for(value)(reader, member); !read) return read;
    into = std::move(value);
    return {};
  };
}

template <class T, class MakeReader>
JsonValueReader maybe_null_into(std::optional<std::optional<T>>& into, MakeReader reader_for) {
  return [&into, reader_for](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    into.emplace();
    if (member.kind == JsonMember::Kind::kNull) return {};
    return maybe_into(*into, reader_for)(reader, member);
  };
}

/// Whether the text can be a misspelt member's name, and not a signal, an id or a secret in its place.
[[nodiscard]] bool may_be_member_name(std::string_view text);

}  // namespace seawall
