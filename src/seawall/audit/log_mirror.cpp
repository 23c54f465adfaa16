#include "seawall/audit/log_mirror.h"

namespace seawall {
namespace {

constexpr const char* kCheckpoint = "checkpoint";
constexpr const char* kStaging = "next.new";

std::uint64_t published_size(durable::FileSystem& folder) {
  const auto file = folder.open_read(kCheckpoint);
  if (!file || (*file)->size_bytes() > tlog::kNoteBytesMax) return 0;
  std::string bytes((*file)->size_bytes(), '\0');
  if (!(*file)->read(0, std::as_writable_bytes(std::span(bytes)))) return 0;
  const auto note = tlog::parse_note(bytes);
  const auto checkpoint = note ? tlog::parse_checkpoint(note->text) : Result<tlog::Checkpoint>{};
  return note && checkpoint ? checkpoint->head.size : 0;
}

}  // namespace

LogMirror::LogMirror(std::shared_ptr<durable::FolderTree> folder, std::unique_ptr<durable::FolderLock> lock)
    : folder_(std::move(folder)), lock_(std::move(lock)) {}

Result<std::unique_ptr<LogMirror>> LogMirror::open(std::shared_ptr<durable::FolderTree> folder,
                                                   const std::string& origin) {
  SEAWALL_TRY(auto lock, folder->lock("lock"));
  SEAWALL_TRY(auto state, load_audit_state(*folder, kStateFile, origin));
  std::unique_ptr<LogMirror> mirror(new LogMirror(std::move(folder), std::move(lock)));
  if (state) mirror->state_ = *std::move(state);
  return mirror;
}

Result<AuditState> LogMirror::step(LogFiles& from, const AuditKeys& keys, const Clock& clock,
                                   std::chrono::seconds clock_tolerance, AuditWatcher& told) {
  told_ = &told;
  LogAudit audit({.files = from, .keys = keys, .clock = clock, .watcher = *this}, clock_tolerance);
  SEAWALL_TRY(state_, audit.run(state_));
  SEAWALL_CHECK(publish(state_.checkpoint));
  return state_;
}

Result<void> LogMirror::on_entry(std::uint64_t index, std::string_view text, const Result<LogEntry>& entry) {
  return told_->on_entry(index, text, entry);
}

Result<void> LogMirror::on_finding(const Finding& finding) { return told_->on_finding(finding); }
void LogMirror::on_contradiction(const Contradiction& proof) { told_->on_contradiction(proof); }
bool LogMirror::goes_on(std::uint64_t checked, std::uint64_t size) { return told_->goes_on(checked, size); }

Result<void> LogMirror::make_folders(const std::string& path) {
  for (std::size_t end = path.find('/'); end != path.npos; end = path.find('/', end + 1)) {
    const std::string folder = path.substr(0, end);
    if (folders_.contains(folder)) continue;
    SEAWALL_CHECK(folder_->make_folder(folder));
    folders_.insert(folder);
  }
  return {};
}

// Durable by on_checked(), which comes before anything says that the file is there.
Result<void> LogMirror::on_file(const std::string& path, std::string_view bytes) {
  SEAWALL_CHECK(make_folders(path));
  const std::string staging = path + ".new";
  SEAWALL_TRY(const auto file, folder_->create(staging));
  SEAWALL_CHECK(file->append(std::as_bytes(std::span(bytes))));
  SEAWALL_CHECK(folder_->rename(staging, path));
  return told_->on_file(path, bytes);
}

Result<void> LogMirror::on_checked(const AuditState& state) {
  SEAWALL_CHECK(folder_->sync_all());
  SEAWALL_CHECK(save_audit_state(*folder_, kStateFile, state));
  return told_->on_checked(state);
}

Result<void> LogMirror::publish(const std::string& checkpoint) {
  const std::uint64_t old_size = published_size(*folder_);
  SEAWALL_CHECK(durable::replace_file(*folder_, kStaging, kCheckpoint, std::as_bytes(std::span(checkpoint))));
  remove_partials(old_size, published_size(*folder_));
  return {};
}

// Of tiles that have become full. What cannot be removed harms nobody.
void LogMirror::remove_partials(std::uint64_t old_size, std::uint64_t new_size) {
  const auto remove = [&](const std::string& path) {
    const std::string folder = path + ".p";
    folders_.erase(folder);
    const auto names = folder_->list_folder(folder);
    if (!names) return;
    for (const std::string& name : *names) (void)folder_->remove(folder + "/" + name);
    (void)folder_->remove_folder(folder);
  };
  for (unsigned level = 0; level < tlog::kTileLevels; ++level) {
    const std::uint64_t index = (old_size >> 8 * level) / tlog::kTileWidth;
    if (index == (new_size >> 8 * level) / tlog::kTileWidth) continue;
    remove(path_of(tlog::TileId{level, index}));
    if (level == 0) remove(path_of(tlog::BundleId{index}));
  }
}

}  // namespace seawall
