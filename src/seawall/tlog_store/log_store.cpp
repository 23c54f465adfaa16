#include "seawall/tlog_store/log_store.h"

#include <algorithm>

#include "seawall/tlog/bundle.h"
#include "seawall/tlog_store/detail/edge.h"
#include "seawall/tlog_store/detail/log_files.h"

namespace seawall::tlog {
namespace {

// From this many files on, one synchronization of the whole disk costs less than one for each.
constexpr std::size_t kSyncedOneByOneMax = 8;
constexpr std::size_t kFoldersKeptMax = 256;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash);
}

durable::Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string staging_of(const std::string& path) { return path + ".new"; }

Result<void> check_batch(std::span<const std::string_view> entries) {
  if (entries.size() > kBatchEntriesMax)
    return fail(Code::kLimitExceeded, "more than 65,536 entries at once");
  std::size_t bytes = 0;
  for (const std::string_view entry : entries) {
    if (entry.size() > kEntryBytesMax)
      return fail(Code::kLimitExceeded, "an entry has more than 65,535 bytes");
    bytes += entry.size();
  }
  if (bytes > kBatchBytesMax) return fail(Code::kLimitExceeded, "more than 64 MiB of entries at once");
  return {};
}

}  // namespace

LogStore::LogStore(std::shared_ptr<durable::FolderTree> files, std::string origin)
    : files_(std::move(files)),
      origin_(std::move(origin)),
      reader_(files_, [this]() -> Result<TreeHead> { return head(); }),
      edge_(std::make_unique<detail::Edge>()) {}
LogStore::~LogStore() = default;

Result<std::unique_ptr<LogStore>> LogStore::open(std::shared_ptr<durable::FolderTree> files,
                                                 std::string origin) {
  if (!parse_checkpoint(print_checkpoint({origin, {}, {}}))) {
    return fail(Code::kInvalidInput, "a log's origin is one line of plain UTF-8, not empty");
  }
  std::unique_ptr<LogStore> store(new LogStore(std::move(files), std::move(origin)));
  SEAWALL_TRY(store->lock_, store->files_->lock(detail::kLockFile));
  SEAWALL_CHECK(store->load());
  return store;
}

Result<void> LogStore::load() {
  const auto state = detail::read_state(*files_, origin_);
  if (!state && state.error().code == Code::kNotFound) return begin();
  if (!state) return tl::unexpected(state.error());
  const auto read = [&](const std::string& path) { return detail::read_whole(*files_, path); };
  auto edge = detail::Edge::load(state->size, read);
  if (!edge && edge.error().code == Code::kNotFound) edge.error().code = Code::kCorrupt;
  if (!edge) return tl::unexpected(std::move(edge.error()).within("the log does not fit its state"));
  if (edge->head() != *state)
    return fail(Code::kCorrupt, "the log's tiles make another root than its state has");
  *edge_ = std::move(*edge);
  head_ = *state;
  SEAWALL_CHECK(check_published());
  // A process that was killed may have left a state that is not yet durable; what builds on it must not
  // outlive it.
  return files_->sync_folder();
}

// A folder that was put back as it was some time ago must not go on beside what others have seen of it.
Result<void> LogStore::check_published() const {
  const auto published = reader_.published();
  if (!published && published.error().code == Code::kNotFound) return {};
  if (!published) return tl::unexpected(published.error());
  if (const auto known = check_publishable(*published); !known) {
    if (known.error().code == Code::kUnavailable) return tl::unexpected(known.error());
    return fail(Code::kCorrupt, "the log does not have what it published: " + known.error().message);
  }
  return {};
}

Result<void> LogStore::begin() {
  SEAWALL_TRY(const auto names, files_->list());
  for (const char* name : {detail::kTileFolder, detail::kCheckpointFile}) {
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return fail(Code::kCorrupt, "a log without its state file");
    }
  }
  return save_state({});
}

Result<void> LogStore::save_state(const TreeHead& head) {
  const std::string text = print_checkpoint({origin_, head, {}});
  return durable::replace_file(*files_, detail::kStateStaging, detail::kStateFile, bytes_of(text));
}

TreeHead LogStore::head() const {
  const std::scoped_lock lock(head_mutex_);
  return head_;
}

Result<std::uint64_t> LogStore::append(std::span<const std::string_view> entries) {
  SEAWALL_CHECK(check_batch(entries));
  const std::scoped_lock lock(write_mutex_);
  if (is_broken_) return fail(Code::kUnavailable, "the log must be opened anew after an error of its disk");
  const std::uint64_t first = edge_->size();
  if (entries.empty()) return first;
  if (kSizeMax - first < entries.size()) return fail(Code::kLimitExceeded, "a log has at most 2^62 entries");
  is_broken_ = true;
  detail::Edge edge = *edge_;
  SEAWALL_CHECK(grow(edge, entries));
  *edge_ = std::move(edge);
  is_broken_ = false;
  return first;
}

Result<void> LogStore::grow(detail::Edge& edge, std::span<const std::string_view> entries) {
  NewFiles files;
  const auto keep = [&](const std::string& path, const std::string& bytes) -> Result<void> {
    files.emplace_back(path, bytes);
    return {};
  };
  const std::uint64_t old_size = edge.size();
  for (const std::string_view entry : entries) SEAWALL_CHECK(edge.add(entry, keep));
  SEAWALL_CHECK(edge.emit_partial(old_size, keep));
  SEAWALL_CHECK(write(files));
  const TreeHead head = edge.head();
  SEAWALL_CHECK(save_state(head));
  {
    const std::scoped_lock lock(head_mutex_);
    head_ = head;
  }
  remove_partials(files);
  return {};
}

Result<void> LogStore::write(const NewFiles& files) {
  const bool one_by_one = files.size() <= kSyncedOneByOneMax;
  std::set<std::string> folders;
  for (const auto& [path, bytes] : files) {
    folders.insert(folder_of(path));
    SEAWALL_CHECK(ensure_folder(folder_of(path)));
    SEAWALL_TRY(const auto file, files_->create(staging_of(path)));
    SEAWALL_CHECK(file->append(bytes_of(bytes)));
    if (one_by_one) SEAWALL_CHECK(file->sync());
  }
  if (!one_by_one) SEAWALL_CHECK(files_->sync_all());
  for (const auto& [path, bytes] : files) SEAWALL_CHECK(files_->rename(staging_of(path), path));
  for (const std::string& folder : folders) SEAWALL_CHECK(files_->sync_folder_at(folder));
  return {};
}

// Also a folder that exists is made durable once: a process that was killed may not have come to that.
Result<void> LogStore::ensure_folder(const std::string& path) {
  if (path.empty() || durable_folders_.contains(path)) return {};
  SEAWALL_CHECK(ensure_folder(folder_of(path)));
  SEAWALL_CHECK(files_->make_folder(path));
  SEAWALL_CHECK(files_->sync_folder_at(folder_of(path)));
  if (durable_folders_.size() >= kFoldersKeptMax) durable_folders_.clear();
  durable_folders_.insert(path);
  return {};
}

// C2SP tlog-tiles lets partial tiles go once the full one is there. One that cannot be removed harms nobody.
void LogStore::remove_partials(const NewFiles& files) {
  for (const auto& [path, bytes] : files) {
    if (path.find(".p/") != path.npos) continue;
    const std::string folder = path + ".p";
    const auto names = files_->list_folder(folder);
    if (!names) continue;
    for (const std::string& name : *names) (void)files_->remove(std::string(folder).append("/").append(name));
    (void)files_->remove_folder(folder);
    durable_folders_.erase(folder);
  }
}

Result<Checkpoint> LogStore::check_publishable(std::string_view signed_checkpoint) const {
  SEAWALL_TRY(const SignedNote note, parse_note(signed_checkpoint));
  SEAWALL_TRY(Checkpoint checkpoint, parse_checkpoint(note.text));
  if (checkpoint.origin != origin_) return fail(Code::kInvalidInput, "a checkpoint is of another log");
  const TreeHead now = head();
  if (checkpoint.head.size > now.size) return fail(Code::kInvalidInput, "a checkpoint is ahead of its log");
  const auto read = [&](const TileId& tile) { return reader_.read_tile(tile); };
  SEAWALL_TRY(const Hash root, tree_root(checkpoint.head.size, read));
  if (checkpoint.head.root != root)
    return fail(Code::kInvalidInput, "a checkpoint has another root than its log");
  return checkpoint;
}

Result<void> LogStore::publish(std::string_view signed_checkpoint) {
  const std::scoped_lock lock(write_mutex_);
  SEAWALL_TRY(const Checkpoint checkpoint, check_publishable(signed_checkpoint));
  if (const auto before = reader_.published()) {
    const auto note = parse_note(*before);
    const auto last = note ? parse_checkpoint(note->text) : Result<Checkpoint>(tl::unexpected(note.error()));
    if (!last) return fail(Code::kCorrupt, "the log's published checkpoint cannot be read");
    if (last->head.size > checkpoint.head.size)
      return fail(Code::kConflict, "a larger checkpoint is published");
  } else if (before.error().code != Code::kNotFound) {
    return tl::unexpected(before.error());
  }
  return durable::replace_file(*files_, detail::kCheckpointStaging, detail::kCheckpointFile,
                               bytes_of(signed_checkpoint));
}

}  // namespace seawall::tlog
