#include "seawall/json/object_reader.h"

#include <simdjson.h>

#include <array>
#include <string>

namespace seawall {
namespace {

constexpr std::size_t kDepthMax = 64;
using Visit = FunctionRef<Result<void>(const JsonMember&)>;
static_assert(JsonObjectReader::kPaddingBytes >= simdjson::SIMDJSON_PADDING);

// `scratch` backs the text of what is not a string.
JsonMember member_of(const simdjson::dom::element& element, std::string& scratch) {
  using simdjson::dom::element_type;
  JsonMember member;
  switch (element.type()) {
    case element_type::STRING:
      member.kind = JsonMember::Kind::kString;
      member.text = element.get_string().value_unsafe();
      return member;
    case element_type::NULL_VALUE:
      member.kind = JsonMember::Kind::kNull;
      member.text = "null";
      return member;
    case element_type::BOOL:
      member.kind = JsonMember::Kind::kBool;
      member.text = element.get_bool().value_unsafe() ? "true" : "false";
      return member;
    case element_type::INT64:
      member.kind = JsonMember::Kind::kNumber;
      scratch = std::to_string(element.get_int64().value_unsafe());
      member.text = scratch;
      return member;
    case element_type::UINT64:
      member.kind = JsonMember::Kind::kNumber;
      scratch = std::to_string(element.get_uint64().value_unsafe());
      member.text = scratch;
      return member;
    case element_type::ARRAY:
      member.kind = JsonMember::Kind::kArray;
      break;
    case element_type::OBJECT:
      member.kind = JsonMember::Kind::kObject;
      break;
    default:
      member.kind = JsonMember::Kind::kNumber;
      break;
  }
  scratch = simdjson::minify(element);
  member.text = scratch;
  return member;
}

}  // namespace

struct JsonObjectReader::Impl {
  simdjson::dom::parser parser;
  simdjson::dom::element current;
  std::array<std::string, kDepthMax + 1> texts;  // By depth, so that an outer member's outlives inner ones.
  std::size_t depth = 0;

  Result<void> visit_members(const simdjson::dom::object& object, Visit visit);
  Result<void> visit_elements(const simdjson::dom::array& array, Visit visit);
};

Result<void> JsonObjectReader::Impl::visit_members(const simdjson::dom::object& object, Visit visit) {
  const simdjson::dom::element outer = current;
  ++depth;
  Result<void> result;
  for (const auto field : object) {
    current = field.value;
    JsonMember member = member_of(field.value, texts[depth]);
    member.key = field.key;
    result = visit(member);
    if (!result) break;
  }
  --depth;
  current = outer;
  return result;
}

Result<void> JsonObjectReader::Impl::visit_elements(const simdjson::dom::array& array, Visit visit) {
  const simdjson::dom::element outer = current;
  ++depth;
  Result<void> result;
  for (const auto element : array) {
    current = element;
    result = visit(member_of(element, texts[depth]));
    if (!result) break;
  }
  --depth;
  current = outer;
  return result;
}

JsonObjectReader::JsonObjectReader() : impl_(std::make_unique<Impl>()) {
  // allocate() fails only without memory; parse() then says so.
  [[maybe_unused]] const auto allocated = impl_->parser.allocate(1 << 16, kDepthMax);
}
JsonObjectReader::~JsonObjectReader() = default;
JsonObjectReader::JsonObjectReader(JsonObjectReader&&) noexcept = default;

Result<void> JsonObjectReader::read(std::string_view line, Visit visit) {
  simdjson::dom::element root;
  if (line.size() > impl_->parser.capacity() && impl_->parser.allocate(line.size(), kDepthMax)) {
    return fail(Code::kLimitExceeded, "no memory for a JSON object of this size");
  }
  if (const auto error = impl_->parser.parse(line.data(), line.size(), false).get(root)) {
    if (error == simdjson::DEPTH_ERROR) {
      return fail(Code::kLimitExceeded, "JSON nested deeper than " + std::to_string(kDepthMax) + " levels");
    }
    std::string_view why = simdjson::error_message(error);
    if (why.ends_with('.')) why.remove_suffix(1);
    return fail(Code::kInvalidInput, "not JSON: " + std::string(why));
  }
  simdjson::dom::object object;
  if (root.get_object().get(object)) return fail(Code::kInvalidInput, "not a JSON object");
  return impl_->visit_members(object, visit);
}

Result<void> JsonObjectReader::elements(Visit visit) {
  simdjson::dom::array array;
  if (impl_->current.get_array().get(array)) return fail(Code::kInvalidInput, "not a JSON array");
  return impl_->visit_elements(array, visit);
}

Result<void> JsonObjectReader::members(Visit visit) {
  simdjson::dom::object object;
  if (impl_->current.get_object().get(object)) return fail(Code::kInvalidInput, "not a JSON object");
  return impl_->visit_members(object, visit);
}

}  // namespace seawall
