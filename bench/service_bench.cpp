// `seawall serve` itself, over HTTP on this machine: signals alone, uploads, load that is too much, memory.
// The server runs as a process of its own; its CPU time (with its decoders') gives figures per core. The
// clients share the machine's cores with it, so times by the clock are the worse for them.
//   service_bench [--json] [--full] [--photos DIR] [--hma URL-PORT PID]
// --full: 10 M entries instead of 1 M. --hma: Meta's HMA, running on 127.0.0.1 at that port with its signals
// loaded, and the process that its workers are children of: asked the same uploads in turn.
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>

#include "figure.h"
#include "media_files.h"
#include "seawall/base/system_clock.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/lists/list_service.h"
#include "seawall/store_sql/open.h"
#include "seawall/store_sql/records.h"
#include "service_client.h"

namespace seawall::bench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct Options {
  bool json = false;
  bool full = false;
  std::string photos;
  int hma_port = 0;
  int hma_pid = 0;
};

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "service_bench: %s\n", why.c_str());
  std::exit(1);
}

std::string program() { return (fs::read_symlink("/proc/self/exe").parent_path() / "seawall").string(); }

/// Runs a command line in `folder`; what it printed.
std::string run(const fs::path& folder, const std::string& words) {
  const std::string line = "cd " + folder.string() + " && " + program() + " " + words + " 2>err.txt";
  FILE* pipe = ::popen(line.c_str(), "r");
  std::string out;
  char chunk[4096];
  while (const std::size_t count = std::fread(chunk, 1, sizeof chunk, pipe)) out.append(chunk, count);
  if (const int status = ::pclose(pipe); status != 0) give_up("this failed: seawall " + words);
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string hex_hash(std::mt19937_64& random) {
  char text[65];
  for (int i = 0; i < 4; ++i) {
    std::snprintf(text + 16 * i, 17, "%016llx", static_cast<unsigned long long>(random()));
  }
  return {text, 64};
}

template <class T, class Failure>
T get(tl::expected<T, Failure> result) {
  if (!result) give_up(result.error().message);
  return *std::move(result);
}

/// A large change needs two more persons, in a bank of one person too.
void put_in_force(const fs::path& folder) {
  const std::string url = "sqlite:" + (folder / "lists.db").string();
  const auto store = get(open_store(url));
  const StoreRecords records = get(open_store_records(url));
  const SystemClock clock;
  ListService lists(*store, *records.requests, clock);
  get(lists.approve(ReleaseId{1}, {"bench-ann", "bench"}));
  get(lists.approve(ReleaseId{1}, {"bench-bo", "bench"}));
  get(lists.activate(ReleaseId{1}, {"bench-ann", "bench"}));
}

/// A server over a list of so many random hashes.
class Server {
 public:
  Server(const fs::path& folder, std::size_t entries) : folder_(folder) {
    run(folder, "db create --store sqlite:lists.db");
    run(folder, "access init access.key");
    run(folder,
        "lists create known --purpose bench --owner bench --one-person --why bench --store sqlite:lists.db");
    {
      std::ofstream file(folder / "list.csv");
      std::mt19937_64 random(20261122);
      file << "id,pdq\n";
      for (std::size_t i = 0; i < entries; ++i) file << i << ',' << hex_hash(random) << '\n';
    }
    const std::string made = run(folder, "lists import known list.csv --why bench --store sqlite:lists.db");
    put_in_force(folder);
    key = run(folder,
              "keys create bench --scope match --access-key access.key --why bench --store sqlite:lists.db");
    start();
  }
  ~Server() {
    ::kill(pid, SIGTERM);
    ::waitpid(pid, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint64_t index_bytes() const {
    std::uint64_t sum = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "state" / "index")) {
      if (entry.is_regular_file()) sum += entry.file_size();
    }
    return sum;
  }

  std::string key;
  int pid = 0;
  int port = 0;

 private:
  void start() {
    int ends[2];
    if (::pipe(ends) != 0) give_up("no pipe");
    pid = ::fork();
    if (pid == 0) {
      ::dup2(ends[1], 1);
      if (::freopen((folder_ / "serve.log").c_str(), "w", stderr) == nullptr ||
          ::chdir(folder_.c_str()) != 0) {
        std::_Exit(127);
      }
      const std::string self = program();
      ::execl(self.c_str(), self.c_str(), "serve", "state", "--store", "sqlite:lists.db", "--access-key",
              "access.key", "--listen", "127.0.0.1:0", "--json", "--no-request-log", nullptr);
      std::_Exit(127);
    }
    ::close(ends[1]);
    FILE* out = ::fdopen(ends[0], "r");
    char line[256] = "";
    if (std::fgets(line, sizeof line, out) == nullptr) give_up("the server did not start");
    std::fclose(out);
    port = std::atoi(std::strrchr(line, ':') + 1);
    const std::string ready = "GET /healthz/ready HTTP/1.1\r\nHost: a\r\n\r\n";
    HttpClient client(port);
    for (int i = 0; i < 6'000; ++i) {
      if (client.ask(ready).status == 200) return;
      std::this_thread::sleep_for(50ms);
    }
    give_up("the server was not ready in 5 minutes");
  }

  fs::path folder_;
};

/// Signals answered in a second of the server's CPU time.
double signals_per_core(const Server& server, const std::vector<std::string>& requests, std::size_t each,
                        unsigned clients) {
  std::vector<double> rates;
  for (int round = 0; round < 3; ++round) {
    const double before = cpu_of_tree(server.pid);
    const LoadResult load = closed_load(server.port, requests, clients, 3s);
    const double cpu = cpu_of_tree(server.pid) - before;
    if (load.failed != 0) give_up("some requests for signals failed");
    rates.push_back(static_cast<double>(load.ok_us.size() * each) / cpu);
  }
  return median(rates);
}

void bench_signals(const Server& server, bool json) {
  std::mt19937_64 random(7);
  std::vector<std::string> single, batches;
  for (int i = 0; i < 1'000; ++i) {
    single.push_back(http_request("/v1/match", server.key, "application/json",
                                  R"({"signals":{"pdq":")" + hex_hash(random) + "\"}}"));
  }
  for (int b = 0; b < 16; ++b) {
    std::string body = "{\"items\":[";
    for (int i = 0; i < 1'000; ++i) {
      body += std::string(i == 0 ? "" : ",") + R"({"signals":{"pdq":")" + hex_hash(random) + "\"}}";
    }
    batches.push_back(http_request("/v1/match", server.key, "application/json", body + "]}"));
  }
  const double one = signals_per_core(server, single, 1, 16);
  print({"signals singly, 16 keep-alive clients", one, 0, 0, "/s/core", ">= 30,000", one >= 30'000}, json);
  const double many = signals_per_core(server, batches, 1'000, 4);
  print({"signals in batches of 1,000, 4 clients", many, 0, 0, "/s/core", ">= 200,000", many >= 200'000},
        json);
}

std::vector<std::string> uploads_for(const std::string& path, const std::string& key,
                                     const std::vector<test::Bytes>& files) {
  std::vector<std::string> out;
  for (const test::Bytes& file : files) {
    out.push_back(http_request(path, key, "image/jpeg",
                               std::string(reinterpret_cast<const char*>(file.data()), file.size())));
  }
  return out;
}

/// HMA takes a form.
std::vector<std::string> hma_uploads(const std::vector<test::Bytes>& files) {
  std::vector<std::string> out;
  for (const test::Bytes& file : files) {
    out.push_back(http_request("/m/lookup", "", "multipart/form-data; boundary=b",
                               "--b\r\nContent-Disposition: form-data; name=\"photo\"; "
                               "filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n" +
                                   std::string(reinterpret_cast<const char*>(file.data()), file.size()) +
                                   "\r\n--b--\r\n"));
  }
  return out;
}

double per_core(int port, int pid, const std::vector<std::string>& requests, unsigned clients,
                std::chrono::milliseconds time) {
  const double before = cpu_of_tree(pid);
  const LoadResult load = closed_load(port, requests, clients, time);
  const double cpu = cpu_of_tree(pid) - before;
  if (load.ok_us.empty()) give_up("no upload was answered");
  return static_cast<double>(load.ok_us.size()) / cpu;
}

double number_after(const std::string& text, const std::string& name) {
  const auto at = text.find("\"" + name + "\":");
  return at == std::string::npos ? 0 : std::atof(text.c_str() + at + name.size() + 3);
}

void bench_shares(const Server& server, const std::vector<test::Bytes>& files, bool json) {
  const auto requests = uploads_for("/v1/match?timings=true", server.key, files);
  double total = 0, queue = 0, decode = 0, hash = 0, search = 0;
  HttpClient client(server.port);
  for (int i = 0; i < 100; ++i) {
    const auto answer = client.ask(requests[static_cast<std::size_t>(i) % requests.size()]);
    total += number_after(answer.body, "total_us");
    queue += number_after(answer.body, "queue_us");
    decode += number_after(answer.body, "decode_us");
    hash += number_after(answer.body, "hash_us");
    search += number_after(answer.body, "search_us");
  }
  const auto share = [&](const char* name, double part) {
    print({std::string("share of an upload: ") + name, 100 * part / total, 0, 0, "%", "", true}, json);
  };
  share("decode", decode);
  share("hash, all variants and digests", hash);
  share("search", search);
  share("queue", queue);
  share("body, answer and the rest", total - decode - hash - search - queue);
}

void bench_uploads(const Server& server, const Options& options, const std::vector<test::Bytes>& files) {
  const auto requests = uploads_for("/v1/match", server.key, files);
  (void)closed_load(server.port, requests, 2, 1s);  // Decoders start.
  double capacity = 0;
  for (const unsigned clients : {1U, 16U, 64U}) {
    const LoadResult load = closed_load(server.port, requests, clients, 4s);
    if (load.failed != 0) give_up("some uploads failed");
    capacity = std::max(capacity, load.rate());
    const std::string name =
        "upload to verdict, " + std::to_string(clients) + (clients == 1 ? " client" : " clients");
    print({name + ", p50", 1e-3 * load.at(0.5), 0, 0, "ms", "", true}, options.json);
    print({name + ", p99", 1e-3 * load.at(0.99), 0, 0, "ms", "", true}, options.json);
  }
  std::vector<double> ours, theirs;
  for (int round = 0; round < 3; ++round) {
    ours.push_back(per_core(server.port, server.pid, requests, 4, 3s));
    if (options.hma_port != 0)
      theirs.push_back(per_core(options.hma_port, options.hma_pid, hma_uploads(files), 4, 6s));
  }
  const double mine = median(ours), peer = median(theirs);
  print({"uploads in a core's second, beside HMA", mine, peer, peer > 0 ? mine / peer : 0, "/s/core",
         peer > 0 ? ">= 20x HMA" : "", peer == 0 || mine >= 20 * peer},
        options.json);
  const LoadResult at_70 = open_load(server.port, requests, 32, 0.7 * capacity, 6s);
  const double ratio = at_70.at(0.99) / at_70.at(0.5);
  print({"p99 over p50 at 70 % of capacity", ratio, 0, 0, "", "< 3", ratio < 3}, options.json);
  const LoadResult at_1 = open_load(server.port, requests, 600, 0.95 * capacity, 6s);
  const LoadResult at_2 = open_load(server.port, requests, 600, 2 * capacity, 6s);
  print({"p99 of what is accepted at 95 % of capacity", 1e-3 * at_1.at(0.99), 0, 0, "ms", "", true},
        options.json);
  print({"p99 of what is accepted at 200 %", 1e-3 * at_2.at(0.99), 0, 0, "ms",
         "<= 1,000 (queue_wait_max 0.5 s)", at_2.at(0.99) <= 1e6},
        options.json);
  print({"of requests at 200 %, told to come back",
         100.0 * static_cast<double>(at_2.refused) / static_cast<double>(at_2.refused + at_2.ok_us.size()), 0,
         0, "%", "", true},
        options.json);
  bench_shares(server, files, options.json);
}

Options options_of(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--json") options.json = true;
    if (word == "--full") options.full = true;
    if (word == "--photos" && i + 1 < count) options.photos = words[++i];
    if (word == "--hma" && i + 2 < count) {
      options.hma_port = std::atoi(words[++i]);
      options.hma_pid = std::atoi(words[++i]);
    }
  }
  return options;
}

int run_all(const Options& options) {
  const auto folder = TemporaryFolder::make("service-bench");
  if (!folder) give_up(folder.error().message);
  const std::size_t entries = options.full ? 10'000'000 : 1'000'000;
  std::fprintf(stderr, "service_bench: a list of %zu entries, then the server\n", entries);
  const Server server(folder->path(), entries);
  const auto files = jpegs(load_pictures(options.photos, 16), 1024, 768, false, 16);
  std::size_t bytes = 0;
  for (const test::Bytes& file : files) bytes += file.size();
  std::fprintf(stderr, "service_bench: %zu JPEG files of 1024x768, %zu kB on average\n", files.size(),
               bytes / files.size() / 1000);
  bench_signals(server, options.json);
  bench_uploads(server, options, files);
  const double ratio =
      static_cast<double>(resident_of(server.pid)) / static_cast<double>(server.index_bytes());
  print({"resident memory over the index's own bytes", ratio, 0, 0, "", options.full ? "<= 1.5" : "",
         !options.full || ratio <= 1.5},
        options.json);
  return 0;
}

}  // namespace
}  // namespace seawall::bench

int main(int count, char** words) {
  return seawall::bench::run_all(seawall::bench::options_of(count, words));
}
