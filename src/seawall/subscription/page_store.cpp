#include "seawall/subscription/page_store.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace seawall {
namespace {

constexpr const char* kStateFile = "state";
constexpr const char* kNewStateFile = "state.new";
constexpr std::string_view kPagePrefix = "page-";

std::string page_name(std::uint64_t number) { return std::string(kPagePrefix) + std::to_string(number); }

std::optional<std::uint64_t> page_number(std::string_view name) {
  if (!name.starts_with(kPagePrefix)) return std::nullopt;
  name.remove_prefix(kPagePrefix.size());
  std::uint64_t number = 0;
  const auto [at, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc{} && at == name.data() + name.size() ? std::optional(number) : std::nullopt;
}

class PageSource final : public ByteSource {
 public:
  explicit PageSource(std::shared_ptr<const durable::ReadFile> file) : file_(std::move(file)) {}
  Result<std::size_t> read(std::span<char> out) override {
    const std::uint64_t left = file_->size_bytes() - at_;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, out.size()));
    if (count > 0) SEAWALL_CHECK(file_->read(at_, std::as_writable_bytes(out.first(count))));
    at_ += count;
    return count;
  }

 private:
  std::shared_ptr<const durable::ReadFile> file_;
  std::uint64_t at_ = 0;
};

}  // namespace

Result<PageStore> PageStore::open(durable::FileSystem& files) {
  SEAWALL_TRY(auto lock, files.lock("lock"));
  PageStore store(files, std::move(lock));
  SEAWALL_CHECK(store.load());
  SEAWALL_CHECK(store.remove_other_pages());
  return store;
}

Result<std::optional<SubscriptionState>> read_state(durable::FileSystem& files) {
  const auto file = files.open_read(kStateFile);
  if (!file && file.error().code == Code::kNotFound) return std::optional<SubscriptionState>();
  if (!file) return tl::unexpected(file.error());
  if ((*file)->size_bytes() > SubscriptionState::kTextBytesMax) {
    return fail(Code::kCorrupt, "the state of this subscription is too long");
  }
  std::string text((*file)->size_bytes(), '\0');
  SEAWALL_CHECK((*file)->read(0, std::as_writable_bytes(std::span(text))));
  SEAWALL_TRY(SubscriptionState state, state_from_text(text));
  return std::optional(std::move(state));
}

Result<void> PageStore::load() {
  SEAWALL_TRY(auto state, read_state(*files_));
  if (state) state_ = *std::move(state);
  return {};
}

Result<void> PageStore::remove_other_pages() {
  SEAWALL_TRY(const auto names, files_->list());
  for (const std::string& name : names) {
    const auto number = page_number(name);
    const bool named =
        number && *number >= state_.first_page && *number - state_.first_page < state_.page_count;
    if (number && !named) SEAWALL_CHECK(files_->remove(name));
  }
  return {};
}

Result<void> PageStore::save(const SubscriptionState& state) {
  const std::string text = to_text(state);
  if (text.size() > SubscriptionState::kTextBytesMax)
    return fail(Code::kLimitExceeded, "the state is too long");
  SEAWALL_CHECK(durable::replace_file(*files_, kNewStateFile, kStateFile, std::as_bytes(std::span(text))));
  state_ = state;
  return remove_other_pages();
}

Result<void> PageStore::write_page(std::uint64_t number, ByteSource& source) {
  SEAWALL_TRY(const auto file, files_->create(page_name(number)));
  std::vector<char> piece(256 * 1024);
  for (;;) {  // Ends with the page, which is bounded.
    SEAWALL_TRY(const std::size_t got, source.read(piece));
    if (got == 0) break;
    SEAWALL_CHECK(file->append(std::as_bytes(std::span(piece).first(got))));
  }
  return file->sync();
}

Result<std::unique_ptr<ByteSource>> PageStore::read_page(std::uint64_t number) const {
  auto file = files_->open_read(page_name(number));
  if (!file && file.error().code == Code::kNotFound)
    return fail(Code::kCorrupt, "a page that is kept is missing");
  if (!file) return tl::unexpected(std::move(file).error());
  return std::make_unique<PageSource>(*std::move(file));
}

}  // namespace seawall
