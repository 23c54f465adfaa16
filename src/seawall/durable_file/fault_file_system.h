#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "seawall/durable_file/file_system.h"

namespace seawall::durable {

/// A disk in memory for tests, which can lose its power or fail at any step and forgets what was not synced.
/// A step is one byte written or one other change.
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
  /// What the files hold now, for tests that look for bytes or damage them.
  [[nodiscard]] Folder& folder() { return now_; }

  /// What is there after the power comes back. `kept_tenths`: of each unsynced tail, and of unsynced renames.
  void restart(unsigned kept_tenths) {
    for (auto& [name, file] : now_) keep(*file, kept_tenths);
    for (auto& [name, file] : durable_) keep(*file, kept_tenths);
    if (kept_tenths < 5) now_ = durable_;
    durable_ = now_;
    steps_ = 0;
    power_cut_ = failure_ = kNever;
  }

  std::unique_ptr<FileSystem> files();

 private:
  friend class FaultFileSystem;
  friend class FaultAppendFile;
  friend class FaultReadFile;
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

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
  std::uint64_t steps_ = 0, power_cut_ = kNever, failure_ = kNever;
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

class FaultFileSystem final : public FileSystem {
 public:
  explicit FaultFileSystem(FaultDisk& disk) : disk_(disk) {}

  Result<std::unique_ptr<AppendFile>> create(const std::string& name) override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return tl::unexpected(done.error());
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
  Result<void> sync_folder() override {
    const std::scoped_lock lock(disk_.mutex_);
    if (auto done = disk_.one(); !done) return done;
    disk_.durable_ = disk_.now_;
    return {};
  }
  Result<std::vector<std::string>> list() override {
    const std::scoped_lock lock(disk_.mutex_);
    std::vector<std::string> names;
    for (const auto& [name, file] : disk_.now_) names.push_back(name);
    return names;
  }
  Result<std::unique_ptr<FolderLock>> lock(const std::string&) override {
    return std::make_unique<FolderLock>();
  }

 private:
  FaultDisk& disk_;
};

inline std::unique_ptr<FileSystem> FaultDisk::files() { return std::make_unique<FaultFileSystem>(*this); }

}  // namespace seawall::durable
