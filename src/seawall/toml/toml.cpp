#include "seawall/toml/toml.h"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace seawall {
namespace {

std::string place(const std::string& file, const toml::source_region& source) {
  return file + ":" + std::to_string(std::max<std::uint32_t>(source.begin.line, 1)) + ": ";
}

}  // namespace

struct TomlDocument::Impl {
  std::string file;
  toml::table root;
};

struct TomlTable::Impl {
  std::shared_ptr<TomlDocument::Impl> document;
  const toml::table* table = nullptr;
  std::vector<std::string> asked;

  const toml::node* take(std::string_view name) {
    asked.emplace_back(name);
    return table->get(name);
  }
};

tl::unexpected<Error> TomlTable::wrong(std::string_view name, std::string_view what) const {
  const toml::node* node = impl_->table->get(name);
  const auto& source = node != nullptr ? node->source() : impl_->table->source();
  return fail(Code::kInvalidInput,
              place(impl_->document->file, source) + std::string(name) + ": " + std::string(what));
}

Result<std::optional<std::string>> TomlTable::text(std::string_view name) {
  const toml::node* node = impl_->take(name);
  if (node == nullptr) return std::optional<std::string>();
  const auto* value = node->as_string();
  if (value == nullptr) return wrong(name, "write a text in quotes");
  if (value->get().size() > kTextBytesMax) return wrong(name, "write at most 8192 bytes");
  return std::optional(value->get());
}

Result<std::optional<std::int64_t>> TomlTable::number(std::string_view name, std::int64_t least,
                                                      std::int64_t most) {
  const toml::node* node = impl_->take(name);
  if (node == nullptr) return std::optional<std::int64_t>();
  const auto* value = node->as_integer();
  if (value == nullptr || value->get() < least || value->get() > most) {
    return wrong(name, "write a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return std::optional(value->get());
}

Result<std::optional<bool>> TomlTable::boolean(std::string_view name) {
  const toml::node* node = impl_->take(name);
  if (node == nullptr) return std::optional<bool>();
  const auto* value = node->as_boolean();
  if (value == nullptr) return wrong(name, "write true or false");
  return std::optional(value->get());
}

Result<std::vector<std::string>> TomlTable::texts(std::string_view name, std::size_t count_max) {
  std::vector<std::string> out;
  const toml::node* node = impl_->take(name);
  if (node == nullptr) return out;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->size() > count_max) {
    return wrong(name, "write a list of at most " + std::to_string(count_max) + " texts: [\"...\", \"...\"]");
  }
  for (const auto& element : *array) {
    const auto* value = element.as_string();
    if (value == nullptr || value->get().size() > kTextBytesMax) {
      return wrong(name, "each is a text in quotes of at most 8192 bytes");
    }
    out.push_back(value->get());
  }
  return out;
}

Result<std::string> TomlTable::required_text(std::string_view name) {
  SEAWALL_TRY(auto value, text(name));
  if (!value || value->empty())
    return wrong(name, "this option is needed; write " + std::string(name) + " = \"...\"");
  return *std::move(value);
}

void TomlTable::expect(std::string_view name) { impl_->asked.emplace_back(name); }

Result<void> TomlTable::finish() {
  for (const auto& [key, value] : *impl_->table) {
    if (std::ranges::find(impl_->asked, key.str()) != impl_->asked.end()) continue;
    std::string names;
    for (const auto& name : impl_->asked) names.append(names.empty() ? "" : ", ").append(name);
    // The name itself is not repeated: somebody may have written a secret in its place.
    return fail(Code::kInvalidInput, place(impl_->document->file, key.source()) +
                                         "there is no such option here; write one of " + names);
  }
  return {};
}

Result<TomlDocument> TomlDocument::from_text(std::string_view text, std::string name) {
  if (text.size() > kBytesMax) return fail(Code::kLimitExceeded, name + ": more than 1 MiB");
  auto impl = std::make_shared<Impl>();
  impl->file = std::move(name);
  try {
    impl->root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(Code::kInvalidInput, place(impl->file, error.source()) + "this is not TOML here");
  }
  return TomlDocument(std::move(impl));
}

Result<TomlDocument> TomlDocument::from_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::kNotFound, "cannot open " + path);
  std::string text;
  text.resize(kBytesMax + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return fail(Code::kUnavailable, "cannot read " + path);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return from_text(text, path);
}

Result<std::vector<TomlTable>> TomlDocument::tables(std::string_view name) {
  std::vector<TomlTable> out;
  const toml::node* node = impl_->root.get(name);
  if (node == nullptr) return out;
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_homogeneous<toml::table>()) {
    return fail(Code::kInvalidInput,
                place(impl_->file, node->source()) + "write [[" + std::string(name) + "]]");
  }
  for (const auto& element : *array) {
    auto table = std::make_shared<TomlTable::Impl>();
    table->document = impl_;
    table->table = element.as_table();
    out.push_back(TomlTable(std::move(table)));
  }
  return out;
}

Result<std::optional<TomlTable>> TomlDocument::table(std::string_view name) {
  const toml::node* node = impl_->root.get(name);
  if (node == nullptr) return std::nullopt;
  if (node->as_table() == nullptr) {
    return fail(Code::kInvalidInput,
                place(impl_->file, node->source()) + "write [" + std::string(name) + "]");
  }
  auto table = std::make_shared<TomlTable::Impl>();
  table->document = impl_;
  table->table = node->as_table();
  return TomlTable(std::move(table));
}

TomlTable TomlDocument::root() {
  auto table = std::make_shared<TomlTable::Impl>();
  table->document = impl_;
  table->table = &impl_->root;
  return TomlTable(std::move(table));
}

}  // namespace seawall
