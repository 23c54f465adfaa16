#include "seawall/api/media_asks.h"

namespace seawall {
namespace {

using Kind = JsonMember::Kind;

constexpr std::size_t kUrlBytesMax = 2'048;

JsonValueReader url_into(std::string& url) { return text_into(url, 1, kUrlBytesMax); }

JsonValueReader pdq_into(Fingerprint256& into) {
  return [&into](JsonObjectReader&, const JsonMember& member) -> JsonRead<void> {
    const auto bits = fingerprint_from_text(member.kind == Kind::kString ? member.text : "");
    if (!bits) return wrong_value("64 hex digits are needed");
    into = *bits;
    return {};
  };
}

JsonValueReader side_into(CompareSideAsk& side) {
  return [&side](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    if (member.kind != Kind::kObject) return wrong_value("an object with pdq or url is needed");
    JsonFields fields;
    fields.optional("pdq", maybe_into(side.pdq, pdq_into)).optional("url", url_into(side.url));
    if (auto read = fields.read_member(reader, member); !read) return read;
    if (fields.seen() != 1) return wrong_value("either pdq or url is needed");
    return {};
  };
}

}  // namespace

JsonRead<std::string> hash_url_from_json(std::string_view body) {
  std::string url;
  JsonFields fields;
  fields.required("url", url_into(url));
  JsonObjectReader reader;
  if (auto read = fields.read(reader, body); !read) return tl::unexpected(std::move(read).error());
  return url;
}

JsonRead<CompareAsk> compare_from_json(std::string_view body) {
  CompareAsk ask;
  std::int64_t radius_bits = kPdqRadiusDefault;
  JsonFields fields;
  fields.required("a", side_into(ask.a))
      .required("b", side_into(ask.b))
      .optional("radius", number_into(radius_bits, 0, 256))
      .optional("profile", word_into(ask.profile, &variant_profile_from_text, "none or default or thorough"));
  JsonObjectReader reader;
  if (auto read = fields.read(reader, body); !read) return tl::unexpected(std::move(read).error());
  ask.radius_bits = static_cast<int>(radius_bits);
  return ask;
}

}  // namespace seawall
