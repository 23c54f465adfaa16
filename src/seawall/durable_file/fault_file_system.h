#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "seawall/durable_file/file_system.h"

namespace seawall::durable {

/// A disk in memory for tests, which can lose its power or fail at any step and forgets what was not synced.
/// A step is one byte written or one other change. A folder is an entry whose name ends in '/'.
class FaultDisk {
 public:
  struct File {
    std::vector<std::byte> now, durable;
  };
  using Folder = std::map<std::string, std::shared_ptr<File>>;

  /// From this step on nothing works any more.
  void cut_power_at(std::uint64_t step) { power_cut_ = step; }
  /// This step, and only this, fails.
  void fail_at(std::uint64_t step) { failure_ = step; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  /// How many synchronizations were asked for, of files, folders and everything.
  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }
  /// What the files hold now, for tests that look for bytes or damage them.
  [[nodiscard]] Folder& folder() { return now_; }

  /// Whether what was not synced of a folder's names survives a power cut.
  using KeepsFolder = std::function<bool(const std::string& folder)>;

  /// What is there after the power comes back. `kept_tenths`: of each unsynced tail, and of unsynced renames.
  void restart(unsigned kept_tenths) {
    restart(kept_tenths, [&](const std::string&) { return kept_tenths >= 5; });
  }
  /// The same, each folder for itself: a disk may write their names in any order.
  void restart(unsigned kept_tenths, const KeepsFolder& keeps) {
    for (auto& [name, file] : now_) keep(*file, kept_tenths);
    for (auto& [name, file] : durable_) keep(*file, kept_tenths);
    Folder after;
    for (const auto& entry : now_) {
      if (keeps(folder_of(entry.first))) after.insert(entry);
    }
    for (const auto& entry : durable_) {
      if (!keeps(folder_of(entry.first))) after.insert(entry);
    }
    std::erase_if(after, [&](const auto& entry) { return is_orphan(after, entry.first); });
    now_ = durable_ = std::move(after);
    restart_process();
  }
  /// The process died and another begins, but the power stayed: nothing is forgotten, nor durable that was
  /// not.
  void restart_process() {
    steps_ = 0;
    power_cut_ = failure_ = kNever;
  }

  std::unique_ptr<FileSystem> files();
  std::unique_ptr<FolderTree> tree();

 private:
  friend class FaultFileSystem;
  friend class FaultAppendFile;
  friend class FaultReadFile;
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  /// The folder that holds `name`; "" is the first.
  static std::string folder_of(std::string name) {
    if (name.ends_with('/')) name.pop_back();
    const std::size_t slash = name.rfind('/');
    return slash == name.npos ? "" : name.substr(0, slash);
  }
  static bool is_orphan(const Folder& all, const std::string& name) {
    for (std::string path = folder_of(name); !path.empty(); path = folder_of(path)) {
      if (!all.contains(path + "/")) return true;
    }
    return false;
  }
  /// Makes the names in `folder` durable.
  void sync_names(const std::string& folder) {
    std::erase_if(durable_, [&](const auto& entry) { return folder_of(entry.first) == folder; });
    for (const auto& entry : now_) {
      if (folder_of(entry.first) == folder) durable_.insert(entry);
    }
  }
  Result<void> find_folder(const std::string& path) {
    if (path.empty() || now_.contains(path + "/")) return {};
    return fail(Code::kNotFound, path);
  }

  static void keep(File& file, unsigned kept_tenths) {
    if (file.now.size() > file.durable.size() &&
        std::equal(file.durable.begin(), file.durable.end(), file.now.begin())) {
      const std::size_t unsynced = file.now.size() - file.durable.size();
      file.now.resize(file.durable.size() + unsynced * kept_tenths / 10);
    } else {
      file.now = file.durable;
    }
    file.durable = file.now;
  }

  /// How many of `wanted` steps succeed before a fault.
  std::uint64_t take(std::uint64_t wanted) {
    std::uint64_t done = wanted;
    for (const std::uint64_t fault : {power_cut_, failure_}) {
      if (fault != kNever && steps_ + wanted > fault)
        done = std::min(done, fault > steps_ ? fault - steps_ : 0);
    }
    if (failure_ != kNever && steps_ + wanted > failure_ && steps_ <= failure_) {
      steps_ = failure_ + 1;
      failure_ = kNever;
    } else {
      steps_ += done;
    }
    return done;
  }

  Result<void> one() {
    if (take(1) != 1) return fail(Code::kUnavailable, "injected fault");
    return {};
  }

  Folder now_, durable_;
  std::uint64_t steps_ = 0, syncs_ = 0, power_cut_ = kNever, failure_ = kNever;
  std::mutex mutex_;  // Guards all.
};

/// As it was when it was opened; aligned as a mapping is, as far as anybody relies on it.
class FaultContent final : public FileContent {
 public:
  explicit FaultContent(Bytes bytes) : lines_(bytes.size() / sizeof(Line) + 1), size_(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), std::as_writable_bytes(std::span(lines_)).begin());
  }
  [[nodiscard]] Bytes bytes() const override { return std::as_bytes(std::span(lines_)).first(size_); }

 private:
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  std::vector<Line> lines_;
  std::size_t size_;
};

class FaultReadFile final : public ReadFile {
 public:
  FaultReadFile(FaultDisk& disk, std::shared_ptr<const FaultDisk::File> file)
      : disk_(disk), file_(std::move(file)), size_(file_->now.size()) {}
  [[nodiscard]] std::uint64_t size_bytes() const override { return size_; }
  Result<void> read(std::uint64_t offset, std::span<std::byte> out) const override {
    const std::scoped_lock lock(disk_.mutex_);
    const Bytes all = file_->now;
    if (offset > all.size() || all.size() - offset < out.size())
      return fail(Code::kCorrupt, "file too short");
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }

 private:
  FaultDisk& disk_;
  std::shared_ptr<const FaultDisk::File> file_;
  std::size_t size_;
};

class FaultAppendFile final : public AppendFile {
 public:
  FaultAppendFile(FaultDisk& disk, std::shared_ptr<FaultDisk::File> file)
      : disk_(disk), file_(std::move(file)) {}

  Result<void> append(Bytes bytes) override {
    const std::scoped_lock lock(disk_.mutex_);
    const std::uint64_t done = disk_.take(bytes.size());
    file_->now.insert(file_->now.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(done));
    if (done != bytes.size()) return fail(Code::kUnavailable, "injected fault");
    return {};
  }
  Result<void> sync() override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return done;
    ++disk_.syncs_;
    file_->durable = file_->now;
    return {};
  }
  Result<void> truncate(std::uint64_t size_bytes) override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return done;
    file_->now.resize(size_bytes);
    return {};
  }

 private:
  FaultDisk& disk_;
  std::shared_ptr<FaultDisk::File> file_;
};

class FaultFileSystem final : public FolderTree {
 public:
  explicit FaultFileSystem(FaultDisk& disk) : disk_(disk) {}

  Result<std::unique_ptr<AppendFile>> create(const std::string& name) override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return tl::unexpected(done.error());
    SEAWALL_CHECK(disk_.find_folder(FaultDisk::folder_of(name)));
    auto& file = disk_.now_[name];
    file = std::make_shared<FaultDisk::File>();
    return std::make_unique<FaultAppendFile>(disk_, file);
  }
  Result<std::unique_ptr<AppendFile>> reopen(const std::string& name, std::uint64_t size_bytes) override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return tl::unexpected(done.error());
    const auto file = disk_.now_.find(name);
    if (file == disk_.now_.end()) return fail(Code::kNotFound, name);
    file->second->now.resize(size_bytes);
    return std::make_unique<FaultAppendFile>(disk_, file->second);
  }
  Result<std::shared_ptr<const FileContent>> map(const std::string& name) override {
    const std::scoped_lock lock(disk_.mutex_);
    const auto file = disk_.now_.find(name);
    if (file == disk_.now_.end()) return fail(Code::kNotFound, name);
    return std::make_shared<FaultContent>(file->second->now);
  }
  Result<std::shared_ptr<const ReadFile>> open_read(const std::string& name) override {
    const std::scoped_lock lock(disk_.mutex_);
    const auto file = disk_.now_.find(name);
    if (file == disk_.now_.end()) return fail(Code::kNotFound, name);
    return std::make_shared<FaultReadFile>(disk_, file->second);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return done;
    if (!disk_.now_.contains(from)) return fail(Code::kNotFound, from);
    disk_.now_[to] = disk_.now_[from];
    disk_.now_.erase(from);
    return {};
  }
  Result<void> remove(const std::string& name) override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return done;
    disk_.now_.erase(name);
    return {};
  }
  Result<void> sync_folder() override { return sync_folder_at(""); }
  Result<std::vector<std::string>> list() override { return list_folder(""); }
  Result<void> make_folder(const std::string& path) override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return done;
    SEAWALL_CHECK(disk_.find_folder(FaultDisk::folder_of(path)));
    disk_.now_.try_emplace(path + "/", std::make_shared<FaultDisk::File>());
    return {};
  }
  Result<void> sync_folder_at(const std::string& path) override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return done;
    SEAWALL_CHECK(disk_.find_folder(path));
    ++disk_.syncs_;
    disk_.sync_names(path);
    return {};
  }
  Result<std::vector<std::string>> list_folder(const std::string& path) override {
    const std::scoped_lock lock(disk_.mutex_);
    SEAWALL_CHECK(disk_.find_folder(path));
    std::vector<std::string> names;
    for (const auto& [name, file] : disk_.now_) {
      if (FaultDisk::folder_of(name) != path) continue;
      names.push_back(name.substr(path.empty() ? 0 : path.size() + 1));
      if (names.back().ends_with('/')) names.back().pop_back();
    }
    return names;
  }
  Result<void> remove_folder(const std::string& path) override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return done;
    SEAWALL_CHECK(disk_.find_folder(path));
    for (const auto& [name, file] : disk_.now_) {
      if (FaultDisk::folder_of(name) == path) return fail(Code::kUnavailable, path + " is not empty");
    }
    disk_.now_.erase(path + "/");
    return {};
  }
  Result<void> sync_all() override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return done;
    ++disk_.syncs_;
    for (auto& [name, file] : disk_.now_) file->durable = file->now;
    disk_.durable_ = disk_.now_;
    return {};
  }
  Result<std::unique_ptr<FolderLock>> lock(const std::string&) override {
    return std::make_unique<FolderLock>();
  }

 private:
  FaultDisk& disk_;
};

inline std::unique_ptr<FileSystem> FaultDisk::files() { return std::make_unique<FaultFileSystem>(*this); }
inline std::unique_ptr<FolderTree> FaultDisk::tree() { return std::make_unique<FaultFileSystem>(*this); }

}  // namespace seawall::durable
