// Verifying a transparency log from outside: a log of real entries in a folder, read, parsed and recomputed
// as `seawall audit verify` does. --json: NDJSON; --n N: entries (1 M); --folder DIR: where the log is made
// and removed again; --keep: it stays, and its public key is printed, so that the command itself can be
// timed.
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "figure.h"
#include "seawall/audit/log_audit.h"
#include "seawall/base/system_clock.h"
#include "seawall/crypto/sha256.h"
#include "seawall/durable_file/posix_file_system.h"
#include "seawall/tlog_store/log_store.h"

namespace {

using namespace seawall;
using bench::Figure;

constexpr const char* kOrigin = "bench.example/log";

struct Options {
  bool json = false, keep = false;
  std::size_t n = 1'000'000;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::abort();
}

void must(const Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::abort();
}

std::string entry(std::size_t number) {
  return to_text(LogEntry{.at = Time(std::chrono::seconds(1'700'000'000 + number)),
                          .kind = LogKind::kObservationLookup,
                          .commitment = sha256_of(std::to_string(number))});
}

/// Makes the log and publishes it signed; gives the key that verifies it.
tlog::VerifierKey make_log(const Options& options, const std::filesystem::path& folder) {
  const auto log = must(tlog::LogStore::open(must(durable::posix_folder_tree(folder, true)), kOrigin));
  while (log->head().size < options.n) {
    const std::size_t first = log->head().size;
    std::vector<std::string> texts;
    for (std::size_t i = first; i < options.n && texts.size() < 50'000; ++i) texts.push_back(entry(i));
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    must(log->append(views));
  }
  const auto key =
      must(tlog::NoteSigner::make(kOrigin, tlog::KeyType::kEd25519, must(SigningKey::generate())));
  const std::string text = tlog::print_checkpoint({kOrigin, log->head(), {}});
  must(log->publish(tlog::print_note({text, {must(key.sign(text))}})));
  return key.verifier();
}

void verify(const Options& options, const std::filesystem::path& folder, const tlog::VerifierKey& key) {
  FolderLogFiles files(must(durable::posix_folder_tree(folder, false)));
  const AuditKeys keys{.origin = kOrigin, .log = {key}, .witnesses = {}};
  const SystemClock clock;
  AuditWatcher watcher;
  const double start = bench::cpu_seconds();
  const AuditState state = must(
      LogAudit({.files = files, .keys = keys, .clock = clock, .watcher = watcher}, std::chrono::seconds(600))
          .run({}));
  const double taken = (bench::cpu_seconds() - start) * 1e6 / static_cast<double>(state.checked.size);
  print(Figure{"audit_verify_1M_entries_in_a_folder", taken, 0, 0, "s CPU", "at most 2", taken <= 2},
        options.json);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) options.json = true;
    if (std::strcmp(argv[i], "--keep") == 0) options.keep = true;
    if (std::strcmp(argv[i], "--n") == 0 && i + 1 < argc) options.n = std::strtoull(argv[++i], nullptr, 10);
    if (std::strcmp(argv[i], "--folder") == 0 && i + 1 < argc) options.folder = argv[++i];
  }
  if (options.n == 0) return 2;
  const auto folder = options.folder / ("seawall_audit_bench_" + std::to_string(::getpid()));
  const auto key = make_log(options, folder);
  verify(options, folder, key);
  if (options.keep) std::printf("%s %s\n", folder.c_str(), key.vkey().c_str());
  if (!options.keep) std::filesystem::remove_all(folder);
}
