// What it costs that requests outlive their connection: a claim and its answer, a look-up taken on and
// answered, and what a sender takes from the store. SQLite in the folder for temporary files, with every
// sync; wall time, since the disk is most of it, and CPU time of the calling thread.
#include <chrono>
#include <cstdio>
#include <cstring>

#include "figure.h"
#include "seawall/base/system_clock.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/jobs/async_lookups.h"
#include "seawall/jobs/idempotency.h"
#include "seawall/jobs/job_text.h"
#include "seawall/jobs/webhook_signature.h"
#include "seawall/store_sql/open.h"
#include "seawall/store_sql/service_records.h"

namespace seawall::bench {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// The median of `calls` calls: wall and CPU, in microseconds.
void measure(const char* name, int calls, bool json, auto call) {
  std::vector<double> wall;
  const double cpu = cpu_seconds();
  for (int i = 0; i < calls; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    call(i);
    wall.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
  }
  const double cpu_us = (cpu_seconds() - cpu) * 1e6 / calls;
  print({.name = std::string(name) + ", wall, median", .ours = median(wall), .unit = "us", .goal = ""}, json);
  print({.name = std::string(name) + ", CPU, mean", .ours = cpu_us, .unit = "us", .goal = ""}, json);
}

int run(bool json, int calls) {
  const auto folder = must(TemporaryFolder::make("seawall-jobs"));
  const std::string url = "sqlite:" + (folder.path() / "store.db").string();
  must(open_store(url, {.create = true}));
  const SystemClock clock;
  Credentials credentials;
  credentials.set("access_key", must(MasterKey::new_text()));
  const MasterKey master = must(MasterKey::from(credentials));
  const auto records = must(open_service_records(url));
  const auto mark = must(ProcessMark::make(*records, clock, {}));
  Idempotency idempotency(*records, *mark, master, clock);
  AsyncLookups lookups({*records, *mark, master, clock}, {});
  const RememberedAnswer answer{200, "application/json", {}, std::string(2'000, 'x')};
  measure("claim, and its answer of 2 KB", calls, json, [&](int i) {
    auto verdict = must(idempotency.begin("k/one", "key" + std::to_string(i), Sha256{}));
    must(verdict.attempt->settle(answer));
  });
  measure("the answer again", calls, json,
          [&](int i) { must(idempotency.begin("k/one", "key" + std::to_string(i), Sha256{})); });
  const std::string found = "{\"verdict\":\"allow\",\"pad\":\"" + std::string(2'000, 'x') + "\"}";
  measure("a look-up taken on and answered, with a webhook", calls, json, [&](int) {
    OpenLookup open = must(lookups.accept({"one", "k/one", "one", "https://hooks.example/a"}));
    must(open.finish({false, found}));
  });
  std::vector<std::string> ids;
  measure("what is due, of those", 100, json, [&](int) {
    ids.clear();
    for (const auto& due : must(records->due_webhooks(clock.now(), {}, {}, 256))) ids.push_back(due.id);
  });
  LookupJob job;
  measure("one taken and settled", std::min<int>(calls, static_cast<int>(ids.size())), json, [&](int i) {
    const Time now = clock.now();
    const std::string& id = ids[static_cast<std::size_t>(i)];
    job = must(records->take_webhooks({&id, 1}, now, now + std::chrono::minutes(1))).at(0);
    must(records->settle_webhook({id, job.round, WebhookState::kDelivered, {}, 200, now}));
  });
  std::vector<Secret> secrets;
  secrets.emplace_back("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  measure("the body and its signature", calls, json, [&](int) {
    const std::string body = webhook_body(job);
    must(webhook_signature({"msg_1", {}, body}, secrets));
  });
  return 0;
}

}  // namespace
}  // namespace seawall::bench

int main(int argc, char** argv) {
  bool json = false;
  int calls = 500;
  for (int i = 1; i < argc; ++i) {
    json = json || std::strcmp(argv[i], "--json") == 0;
    if (std::strcmp(argv[i], "--full") == 0) calls = 5'000;
  }
  return seawall::bench::run(json, calls);
}
