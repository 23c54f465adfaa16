#include "seawall/scan/scanner.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "seawall/base/bounded_queue.h"
#include "seawall/scan/detail/flow.h"

namespace seawall {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kWindow = 16'384;
constexpr unsigned kJobsMax = 1024;

struct Work {
  std::uint64_t number = 0;
  WalkedFile file;
  bool rescan = false;
};

struct Done {
  std::uint64_t number = 0;
  FileRecord record;
};

FileRecord record_of(const WalkProblem& problem) {
  FileRecord record;
  record.path = problem.path;
  record.error = problem.error;
  return record;
}

std::chrono::milliseconds since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
}

class Scan {
 public:
  Scan(const std::string& root, Journal& journal, MediaDecoder& decoder,
       std::span<const ScanBank* const> banks, const ScanOptions& options, ScanObserver& observer)
      : root_(root),
        journal_(journal),
        decoder_(decoder),
        banks_(banks),
        options_(options),
        observer_(observer),
        jobs_(
            std::clamp(options.jobs > 0 ? options.jobs : std::thread::hardware_concurrency(), 1U, kJobsMax)),
        work_(std::size_t{jobs_} * 4),
        done_(std::size_t{jobs_} * 4 + options.batch_records_max),
        budget_(options.bytes_in_flight_max) {}

  Result<ScanEnd> run() {
    SEAWALL_TRY(DirectoryWalker walker, DirectoryWalker::open(root_, options_.walk));
    started_ = SteadyClock::now();
    std::vector<std::thread> threads;
    threads.emplace_back([&] { walk(walker); });
    if (options_.count_ahead) threads.emplace_back([this] { count_ahead(); });
    workers_left_ = jobs_;
    for (unsigned i = 0; i < jobs_; ++i) threads.emplace_back([this] { examine(); });
    auto recorded = record();
    stop();
    done_.close();
    for (std::thread& thread : threads) thread.join();
    if (!recorded) return tl::unexpected(std::move(recorded).error());
    if (walk_error_) return tl::unexpected(*walk_error_);
    if (fatal_error_) return tl::unexpected(*fatal_error_);
    ScanEnd end;
    end.complete = walked_all_ && !dropped_;
    if (end.complete) SEAWALL_CHECK(journal_.finish(walker.counts(), since(started_).count()));
    end.progress = progress();
    return end;
  }

 private:
  // The walking thread: gives out what the journal does not hold.
  void walk(DirectoryWalker& walker) {
    std::uint64_t number = 0;
    while (!stopping_) {
      auto step = walker.next();
      if (!step) {
        walked_all_ = true;
        break;
      }
      if (!offer(*std::move(step), number)) break;
    }
    work_.close();
  }

  // False: end the walk.
  bool offer(WalkStep step, std::uint64_t& number) {
    if (const auto* problem = std::get_if<WalkProblem>(&step)) {
      if (!window_.enter(number)) return false;
      return done_.push({number++, record_of(*problem)});
    }
    auto& file = std::get<WalkedFile>(step);
    const auto known = journal_.known(file.path);
    if (!known) {
      walk_error_ = known.error();
      return false;
    }
    if (*known && (*known)->stamp == file.stamp && !((*known)->failed && options_.retry_errors)) {
      bytes_resumed_ += file.stamp.size_bytes;
      ++files_resumed_;
      return true;
    }
    if (!window_.enter(number)) return false;
    const bool rescan = *known && (*known)->stamp != file.stamp;
    return work_.push({number++, std::move(file), rescan});
  }

  void count_ahead() {
    auto walker = DirectoryWalker::open(root_, options_.walk);
    if (!walker) return;
    while (!stopping_) {
      const auto step = walker->next();
      if (!step) {
        total_known_ = true;
        return;
      }
      ++files_total_;
      if (const auto* file = std::get_if<WalkedFile>(&*step)) bytes_total_ += file->stamp.size_bytes;
    }
  }

  // An examining thread. After a stop, work that nobody has begun is dropped.
  void examine() {
    FileExaminer examiner(decoder_, banks_, options_.examine, stopping_);
    while (auto work = work_.pop()) {
      if (stopping_) {
        dropped_ = true;
        continue;
      }
      const std::uint64_t bytes =
          std::min(work->file.stamp.size_bytes, options_.examine.signals.decode.limits.input_bytes_max);
      budget_.acquire(bytes);
      auto record = examiner.examine(work->file);
      budget_.release(bytes);
      if (record) {
        record->rescanned = work->rescan;
        done_.push({work->number, *std::move(record)});
      }
      if (examiner.hopeless()) end_for(*examiner.hopeless());
      dropped_ = dropped_ || !record || examiner.hopeless();
    }
    if (--workers_left_ == 0) done_.close();
  }

  // Any thread. What is recorded stays; the same scan goes on from there.
  void end_for(const Error& reason) {
    {
      const std::lock_guard lock(fatal_error_mutex_);
      if (!fatal_error_) fatal_error_ = reason;
    }
    stop();
  }

  // The calling thread: makes records durable, in batches, then shows them.
  Result<void> record() {
    std::vector<Done> batch;
    auto batch_began = SteadyClock::now();
    auto next_tick = batch_began;
    bool open = true;
    while (open) {
      auto done = done_.pop_for(options_.tick);
      const auto now = SteadyClock::now();
      if (done) {
        if (batch.empty()) batch_began = now;
        batch.push_back(*std::move(done));
      } else {
        open = workers_left_ > 0 || done_.size() > 0;
      }
      const bool due = !batch.empty() && now - batch_began >= options_.batch_age_max;
      if (due || batch.size() >= options_.batch_records_max) SEAWALL_CHECK(commit(batch));
      if (now < next_tick) continue;
      next_tick = now + options_.tick;
      if (observer_.stopping()) stop();
      observer_.on_progress(progress());
    }
    SEAWALL_CHECK(commit(batch));
    reorder_.take_all([&](const FileRecord& record) { observer_.on_record(record); });
    return {};
  }

  Result<void> commit(std::vector<Done>& batch) {
    if (batch.empty()) return {};
    std::vector<FileRecord> records;
    records.reserve(batch.size());
    for (const Done& done : batch) records.push_back(done.record);
    SEAWALL_CHECK(journal_.write(records, since(started_).count()));
    for (Done& done : batch) {
      count(done.record);
      reorder_.put(done.number, std::move(done.record));
    }
    batch.clear();
    reorder_.take([&](const FileRecord& record) { observer_.on_record(record); });
    window_.advance(reorder_.next());
    return {};
  }

  void count(const FileRecord& record) {
    ++files_recorded_;
    bytes_recorded_ += record.size_bytes;
    if (record.rescanned) ++files_rescanned_;
    if (!record.matches.empty()) ++matched_files_;
    if (record.error) ++error_files_;
  }

  [[nodiscard]] ScanProgress progress() const {
    ScanProgress progress;
    progress.files_resumed = files_resumed_;
    progress.bytes_resumed = bytes_resumed_;
    progress.files_done = files_recorded_ + progress.files_resumed;
    progress.bytes_done = bytes_recorded_ + progress.bytes_resumed;
    progress.files_rescanned = files_rescanned_;
    progress.matched_files = matched_files_;
    progress.error_files = error_files_;
    progress.elapsed = since(started_);
    progress.total_known = total_known_;
    progress.files_total = files_total_;
    progress.bytes_total = bytes_total_;
    return progress;
  }

  void stop() {
    stopping_ = true;
    window_.close();
    work_.close();
  }

  const std::string& root_;
  Journal& journal_;
  MediaDecoder& decoder_;
  std::span<const ScanBank* const> banks_;
  const ScanOptions& options_;
  ScanObserver& observer_;
  const unsigned jobs_;

  BoundedQueue<Work> work_;
  BoundedQueue<Done> done_;
  scan_detail::ByteBudget budget_;
  scan_detail::Window window_{kWindow};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> dropped_{false};
  std::atomic<unsigned> workers_left_{0};
  std::atomic<std::uint64_t> files_resumed_{0};
  std::atomic<std::uint64_t> bytes_resumed_{0};
  std::atomic<std::uint64_t> files_total_{0};
  std::atomic<std::uint64_t> bytes_total_{0};
  std::atomic<bool> total_known_{false};
  bool walked_all_ = false;          // Of the walking thread; read after it is joined.
  std::optional<Error> walk_error_;  // Likewise.
  std::mutex fatal_error_mutex_;     // Guards fatal_error_ until all threads are joined.
  std::optional<Error> fatal_error_;

  // Of the calling thread.
  SteadyClock::time_point started_;
  scan_detail::Reorder reorder_;
  std::uint64_t files_recorded_ = 0;
  std::uint64_t bytes_recorded_ = 0;
  std::uint64_t files_rescanned_ = 0;
  std::uint64_t matched_files_ = 0;
  std::uint64_t error_files_ = 0;
};

}  // namespace

Result<ScanEnd> scan_folder(const std::string& root, Journal& journal, MediaDecoder& decoder,
                            std::span<const ScanBank* const> banks, const ScanOptions& options,
                            ScanObserver& observer) {
  return Scan(root, journal, decoder, banks, options, observer).run();
}

}  // namespace seawall
