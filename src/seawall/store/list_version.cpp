#include "seawall/store/list_version.h"

#include "seawall/store/canonical.h"
#include "seawall/store/compact_bytes.h"

namespace seawall {
namespace {

std::uint64_t number_of(auto id) { return static_cast<std::uint64_t>(id); }

/// Each kind of digest starts with a name of its own, so that no two kinds can have the same bytes.
std::string named(std::string_view name) {
  std::string bytes;
  CompactWriter(bytes).text(name);
  return bytes;
}

void write(CompactWriter& out, const Authorship& by) { out.text(by.who).text(by.why).time(by.when); }

}  // namespace

Sha256 next_chain(const Sha256& before, const FeedItem& item) {
  std::string bytes = named("seawall-feed-1");
  CompactWriter out(bytes);
  out.raw(before).number(item.version.number).number(number_of(item.kind)).number(item.subject);
  out.number(number_of(item.release_state)).raw(item.digest);
  write(out, item.by);
  return sha256_of(bytes);
}

Sha256 digest_of(const ListBank& bank) {
  std::string bytes = named("seawall-bank-1");
  CompactWriter out(bytes);
  out.number(number_of(bank.id)).text(bank.tenant).text(bank.name).text(bank.purpose).text(bank.owner);
  out.number(number_of(bank.kind)).text(name_of(bank.action));
  out.number(static_cast<std::uint64_t>(bank.radius_bits));
  out.number(bank.two_person ? 1 : 0).number(bank.active ? 1 : 0).time(bank.expires_at);
  return sha256_of(bytes);
}

Sha256 digest_of(const Source& source) {
  std::string bytes = named("seawall-source-1");
  CompactWriter(bytes).number(number_of(source.id)).text(source.name).text(source.kind);
  return sha256_of(bytes);
}

Sha256 digest_of(const Entry& entry) {
  std::string content;
  append_canonical(content, entry.content);
  std::string bytes = named("seawall-entry-1");
  CompactWriter out(bytes);
  out.number(number_of(entry.id)).number(number_of(entry.bank)).number(number_of(entry.source));
  out.text(entry.key).text(content).number(number_of(entry.state)).text(entry.state_reason);
  out.number(entry.radius_bits ? static_cast<std::uint64_t>(*entry.radius_bits) + 1 : 0);
  out.text(entry.action ? name_of(*entry.action) : "").time(entry.review_at).time(entry.expires_at);
  return sha256_of(bytes);
}

Sha256 digest_of(const EntryContent& content) {
  std::string bytes;
  append_canonical(bytes, content);
  return sha256_of(bytes);
}

void ReleaseDigest::end_group() {
  const Sha256 group = hasher_.finish();
  hasher_.update(state_);
  hasher_.update(group);
  state_ = hasher_.finish();
}

void ReleaseDigest::add(std::string_view key, std::string_view content, std::optional<EntryState> own_state,
                        std::string_view state_reason) {
  std::string head;
  CompactWriter(head).text(key).number(own_state ? number_of(*own_state) : 0).text(state_reason);
  CompactWriter(head).number(content.size());
  hasher_.update(head);
  hasher_.update(content);
  if (++entries_ % kGroup == 0) end_group();
}

void ReleaseDigest::end_entries() {
  if (entries_ended_) return;
  entries_ended_ = true;
  if (entries_ % kGroup != 0) end_group();
}

void ReleaseDigest::add_pending(EntryId entry, std::optional<std::string_view> content) {
  end_entries();
  std::string bytes;
  CompactWriter(bytes).number(number_of(entry)).number(content ? 1 : 0).text(content.value_or(""));
  hasher_.update(bytes);
  ++pending_;
}

Sha256 ReleaseDigest::finish() {
  end_entries();
  const Sha256 pending = hasher_.finish();
  std::string bytes = named("seawall-release-1");
  CompactWriter(bytes).number(entries_).raw(state_).number(pending_).raw(pending);
  return sha256_of(bytes);
}

}  // namespace seawall
