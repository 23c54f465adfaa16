// What the gate of orders adds to a look-up of observations: the steps of GET /v1/observations with and
// without it, one after the other in turn, by the steady clock, since the gate may wait for a disk. --json:
// NDJSON; --n N: observations (1 M beside 10,000); --folder DIR: where all is made and removed again.
// Harmless generated hashes only.
#include <unistd.h>

#include <cstring>
#include <random>

#include "figure.h"
#include "generated_list.h"
#include "seawall/base/system_clock.h"
#include "seawall/durable_file/posix_file_system.h"
#include "seawall/json/json.h"
#include "seawall/model/time_text.h"
#include "seawall/order_pass/order_pass.h"
#include "seawall/orders/test_office.h"
#include "seawall/sightings/selected_entries.h"
#include "seawall/store_sql/open.h"
#include "seawall/tlog_store/log_store.h"

namespace seawall::bench {
namespace {

constexpr const char* kOrderId = "o-0123456789abcdef";
constexpr const char* kOrigin = "lists.example/log";
constexpr std::size_t kListed = 1'000;
constexpr std::size_t kSeen = 20;  // How often the entry that is asked for was seen.
constexpr int kTurns = 400;

template <class T>
T get(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "gate_bench: %s\n", result.error().message.c_str());
  std::exit(1);
}
void get(const Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "gate_bench: %s\n", result.error().message.c_str());
  std::exit(1);
}

double now_us() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Lists of which one entry is sought.
struct ListedEntry {
  std::unique_ptr<Store> store;
  EntryId id{};

  explicit ListedEntry(const std::filesystem::path& file) {
    OpenStoreOptions options;
    options.create = true;
    store = get(open_store("sqlite:" + file.string(), options));
    const Authorship by{"bench", "measures", {}};
    const auto change = get(store->change());
    ListBank bank;
    bank.name = "known";
    bank.tenant = "forum";
    const BankId in = get(change->add_bank(bank, by));
    const SourceId source = get(change->add_source({SourceId{}, "bench", "bench"}, by));
    static_cast<void>(get(change->commit()).number);
    const auto load = get(store->begin_load(in, source, by));
    std::vector<NewEntry> page;
    for (std::uint64_t i = 0; i < kListed; ++i) page.push_back({key_of(i), content_of(i), false, {}});
    ReleaseLoad::Step step;
    step.add = page;
    get(load->write(step));
    const Release release = get(load->seal(by));
    const auto activate = get(store->change());
    get(activate->set_release_state(release.id, ReleaseState::kActive, by));
    static_cast<void>(get(activate->commit()).number);
    const auto entries = get(get(store->view())->entries_of_release(release.id, {}, 1));
    id = entries.front().id;
  }
};

/// An order that the published log holds, and those who trust its keys.
struct OfficeWithLog {
  TestOffice office;
  std::filesystem::path log = office.folder.path() / "log";
  tlog::NoteSigner signer =
      get(tlog::NoteSigner::make(kOrigin, tlog::KeyType::kEd25519, get(SigningKey::generate())));
  tlog::NoteSigner witness =
      get(tlog::NoteSigner::make("w.example", tlog::KeyType::kCosignature, get(SigningKey::generate())));

  explicit OfficeWithLog(const EntryId& entry) {
    OrderDocument order = office.order(kOrderId, 1'000'000);
    order.scope.records = {to_text(entry)};
    order.actions = {OrderAction::kObservationLookup};
    office.grant_all(order);
    publish();
    office.book.reset();
  }
  void publish() {
    auto store = get(tlog::LogStore::open(get(durable::posix_folder_tree(log, true)), kOrigin));
    const auto pending = get(office.book->pending(1000));
    std::vector<std::string_view> texts;
    std::vector<std::int64_t> ids;
    for (const PendingLogEntry& one : pending) {
      texts.push_back(one.entry);
      ids.push_back(one.id);
    }
    get(office.book->settle(ids, get(store->append(texts))));
    const std::string text = tlog::print_checkpoint({kOrigin, store->head(), {}});
    get(store->publish(
        tlog::print_note({text, {get(signer.sign(text)), get(witness.sign(text, 1'795'388'400))}})));
  }
  std::unique_ptr<OrderPass> open(bool counts_ahead) {
    const LogTrust trust{kOrigin, {signer.verifier()}, {witness.verifier()}, 1};
    return get(OrderPass::open(office.folder.path() / "orders", log, trust, office.clock,
                               {.book = {.counts_ahead = counts_ahead}}));
  }
};

class Bench {
 public:
  Bench(bool json, const std::filesystem::path& folder) : json_(json), folder_(folder) {}

  void run(std::size_t observations) {
    fill(observations);
    const std::string at = "/" + std::to_string(observations) + "_observations";
    measure(at, true, observations >= 1'000'000);
    measure(at + "/each_use_synchronized", false, false);
    log_.reset();
  }

 private:
  void fill(std::size_t count) {
    log_ = get(ObservationLog::open(folder_ / ("seen" + std::to_string(count)), clock_));
    std::mt19937_64 random(1);
    const PdqHash sought{content_of(0).signals.pdq.front().bits, 90};
    std::vector<Observation> batch;
    for (std::size_t i = 0; i < count; ++i) {
      Observation& one = batch.emplace_back();
      one.tenant = "forum";
      one.place = "post";
      one.time = office_.office.clock.time - std::chrono::seconds(count - i);
      one.pdq = PdqHash{{{random(), random(), random(), random()}}, 90};
      if (i % std::max<std::size_t>(1, count / kSeen) == 0) one.pdq = sought;
      if (batch.size() == 16'384 || i + 1 == count) {
        get(log_->append(batch));
        batch.clear();
      }
    }
  }

  /// As ObservationCalls does it. Gives how many were found.
  std::size_t look_up() {
    Selection selection;
    selection.entries = {listed_.id};
    auto entries = get(SelectedEntries::make(*listed_.store, clock_, selection));
    RetroOptions options;
    options.threads = 1;
    Json rows = Json::array();
    const auto visit = [&](const Sighting& one) {
      if (one.tenant != "forum") return;
      rows.push_back({{"entry", to_text(one.entry)},
                      {"place", std::string(one.place)},
                      {"distance", one.distance_bits},
                      {"time", to_text(one.time)}});
    };
    for (bool last = false; !last;) {
      const auto page = get(entries.next(4'096));
      last = page.last;
      if (page.entries.empty()) continue;
      static_cast<void>(get(find_sightings(*log_, page.entries, options, visit, [](auto, auto) {})));
    }
    text_ = rows.dump();
    return rows.size();
  }

  /// The gate's own time is added to `took_us`.
  std::size_t look_up_under_order(OrderPass& pass, double& took_us) {
    const double start = now_us();
    OrderUse wanted{.order = kOrderId, .person = "amy", .tenant = "forum"};
    wanted.records = {to_text(listed_.id)};
    const OrderScope reach = get(pass.scope(kOrderId));
    wanted.from = reach.from;
    wanted.until = reach.until;
    must(!get(pass.check(wanted)));
    const double checked = now_us();
    const std::size_t found = look_up();
    const double searched = now_us();
    wanted.count = found;
    must(get(pass.pass(wanted)).is_allowed());
    took_us = checked - start + now_us() - searched;
    return found;
  }

  void must(bool good) {
    if (good) return;
    std::fprintf(stderr, "gate_bench: the gate refused\n");
    std::exit(1);
  }

  /// Goals are of a log as a service has it: a small one answers before HTTP has been read.
  void measure(const std::string& at, bool counts_ahead, bool has_goal) {
    const auto pass = office_.open(counts_ahead);
    std::vector<double> without, with, gate;
    for (int i = 0; i < kTurns; ++i) {
      const double start = now_us();
      must(look_up() >= kSeen);
      const double middle = now_us();
      double took_us = 0;
      must(look_up_under_order(*pass, took_us) >= kSeen);
      const double end = now_us();
      if (i < 20) continue;
      without.push_back(middle - start);
      with.push_back(end - middle);
      gate.push_back(took_us);
    }
    const double plain = median(without), gated = median(with);
    report("gate/lookup_p50_without" + at, plain, "us", 0);
    report("gate/lookup_p50_with" + at, gated, "us", 0);
    report("gate/gate_alone_p50" + at, median(gate), "us", 0);
    report("gate/cost_of_p50" + at, 100 * median(gate) / plain, "%", has_goal ? 5 : 0);
  }

  void report(const std::string& name, double ours, const char* unit, double most) {
    Figure figure{name, ours, 0, 0, unit, "", true};
    if (most > 0) {
      figure.goal = "under " + std::to_string(static_cast<int>(most));
      figure.met = ours < most;
    }
    print(figure, json_);
  }

  const bool json_;
  const std::filesystem::path folder_;
  SystemClock clock_;
  ListedEntry listed_{folder_ / "lists.db"};
  OfficeWithLog office_{listed_.id};
  std::unique_ptr<ObservationLog> log_;
  std::string text_;
};

}  // namespace
}  // namespace seawall::bench

int main(int argc, char** argv) {
  using namespace seawall;
  bool json = false;
  std::size_t n = 1'000'000;
  std::filesystem::path parent = std::filesystem::temp_directory_path();
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) json = true;
    if (std::strcmp(argv[i], "--n") == 0 && i + 1 < argc) n = std::strtoull(argv[++i], nullptr, 10);
    if (std::strcmp(argv[i], "--folder") == 0 && i + 1 < argc) parent = argv[++i];
  }
  const auto folder = parent / ("seawall_gate_bench_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  {
    bench::Bench bench(json, folder);
    bench.run(10'000);
    bench.run(n);
  }
  std::filesystem::remove_all(folder);
}
