#include "seawall/stream_watch/stream_hub.h"

#include <algorithm>
#include <cctype>

#include "seawall/stream_watch/detail/source_thread.h"

namespace seawall {

using stream_watch_detail::SourceThread;

struct StreamHub::Parts {
  struct Family {
    std::vector<std::string> schemes;
    std::unique_ptr<SourceThread> thread;
  };
  struct Stream {
    WatchId id{};
    SourceThread* thread = nullptr;
  };
  explicit Parts(StreamWatch& watching) : watch(watching) {}

  SourceThread* thread_for(std::string_view url) const;

  StreamWatch& watch;
  std::vector<Family> families;
  mutable std::mutex mutex;
  std::map<std::string, Stream, std::less<>> streams;  // Guarded by mutex.
};

SourceThread* StreamHub::Parts::thread_for(std::string_view url) const {
  const std::size_t end = url.find("://");
  if (end == std::string_view::npos) return nullptr;
  std::string scheme(url.substr(0, end));
  for (char& c : scheme) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const Family& family : families) {
    if (std::ranges::find(family.schemes, scheme) != family.schemes.end()) return family.thread.get();
  }
  return nullptr;
}

StreamHub::StreamHub(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
StreamHub::~StreamHub() = default;

Result<std::unique_ptr<StreamHub>> StreamHub::open(StreamWatch& watch, const Clock& clock,
                                                   const std::vector<StreamFamily>& families,
                                                   const HubOptions& options) {
  auto parts = std::make_unique<Parts>(watch);
  for (const StreamFamily& family : families) {
    auto thread = std::make_unique<SourceThread>(watch, clock, options);
    SEAWALL_CHECK(thread->start(family));
    parts->families.push_back({family.schemes, std::move(thread)});
  }
  return std::unique_ptr<StreamHub>(new StreamHub(std::move(parts)));
}

Result<WatchId> StreamHub::attach(std::string name, StreamSettings settings, const ClipScope& scope) {
  SourceThread* const thread = parts_->thread_for(settings.url);
  if (thread == nullptr) {
    std::string known;
    for (const auto& family : parts_->families) {
      for (const std::string& scheme : family.schemes) known += (known.empty() ? "" : ", ") + scheme + "://";
    }
    return fail(Code::kUnsupported, "the address of stream " + name + " must begin with one of " + known);
  }
  const std::scoped_lock lock(parts_->mutex);
  SEAWALL_TRY(const WatchId id, parts_->watch.add(name, scope));
  parts_->streams.insert_or_assign(std::move(name), Parts::Stream{id, thread});
  thread->attach(id, std::move(settings));
  return id;
}

bool StreamHub::detach(std::string_view name, WatchEnd end) {
  const std::scoped_lock lock(parts_->mutex);
  const auto at = parts_->streams.find(name);
  if (at == parts_->streams.end()) return false;
  at->second.thread->detach(at->second.id);
  parts_->watch.remove(at->second.id, end);
  parts_->streams.erase(at);
  return true;
}

bool StreamHub::has(std::string_view name) const {
  const std::scoped_lock lock(parts_->mutex);
  return parts_->streams.contains(name);
}

std::size_t StreamHub::followed() const {
  std::size_t all = 0;
  for (const auto& family : parts_->families) all += family.thread->followed();
  return all;
}

}  // namespace seawall
