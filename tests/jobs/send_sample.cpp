// Sends one webhook as a service does, for webhooks_docs_test.py: prints the secret, waits for a line, sends
// to argv[1] over TLS that argv[2] vouches for, and prints what the receiver answered.
#include <cstdio>
#include <iostream>

#include "seawall/access/key_gate.h"
#include "seawall/base/system_clock.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/jobs/jobs.h"
#include "seawall/jobs/webhook_fetcher.h"
#include "seawall/store_sql/access_store.h"
#include "seawall/store_sql/open.h"
#include "seawall/store_sql/service_records.h"

namespace seawall {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

int send(const std::string& address, const std::string& ca_file) {
  const auto folder = must(TemporaryFolder::make("seawall-sample"));
  const std::string url = "sqlite:" + (folder.path() / "store.db").string();
  must(open_store(url, {.create = true}));
  const SystemClock clock;
  Credentials credentials;
  credentials.set("access_key", must(MasterKey::new_text()));
  const MasterKey master = must(MasterKey::from(credentials));
  const auto access = must(open_access_store(url));
  const auto records = must(open_service_records(url));
  const auto gate = must(KeyGate::make(*access, clock, {}));
  KeyService keys(*access, *gate, clock, master);
  const Actor ann{"ann", "a test"};
  auto key = must(keys.create({.tenant = "one",
                               .name = "forum",
                               .scopes = {Scope::kMatch},
                               .expires = clock.now() + std::chrono::days(9)},
                              ann));
  // While a key is rotated there are two signatures; the receiver knows the older secret.
  must(keys.rotate("one", key.key.id, std::chrono::hours(1), std::nullopt, ann));
  std::cout << key.webhook_secret.reveal() << std::endl;
  std::string line;
  std::getline(std::cin, line);
  const auto fetcher = must(open_webhook_fetcher({{"127.0.0.1/32"}, {}, ca_file}));
  const auto jobs =
      must(Jobs::open({*records, master, webhook_secrets_of(*access, keys), *fetcher, clock}, {}));
  const std::string caller = "k/" + key.key.id;
  OpenLookup open = must(jobs->lookups().accept({"one", caller, key.key.id, address}));
  must(open.finish({false, R"({"verdict":"allow","id":"a name with é and \" in it"})"}));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (LookupJob job; std::chrono::steady_clock::now() < end;) {
    job = must(jobs->lookups().result(caller, open.id()));
    if (job.attempts == 0) continue;
    std::cout << job.last_status.value_or(0) << std::endl;
    return 0;
  }
  return 1;
}

}  // namespace
}  // namespace seawall

int main(int count, char** arguments) { return count == 3 ? seawall::send(arguments[1], arguments[2]) : 2; }
