#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "must.h"
#include "net/stand_in_server.h"
#include "seawall/access/key_gate.h"
#include "seawall/access/key_service.h"
#include "seawall/jobs/jobs.h"
#include "seawall/jobs/webhook_fetcher.h"
#include "seawall/json/json.h"
#include "seawall/store_sql/access_store.h"
#include "seawall/store_sql/open.h"
#include "seawall/store_sql/service_records.h"
#include "store_places.h"

namespace seawall::test {

/// A clock that tests set.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return Time(std::chrono::milliseconds(ms_.load())); }
  void advance(std::chrono::milliseconds by) { ms_ += by.count(); }
  void set(Time time) { ms_ = time.time_since_epoch().count(); }

 private:
  std::atomic<std::int64_t> ms_ = 1'800'000'000'000;
};

/// The same numbers each time.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override { return state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL; }

 private:
  std::uint64_t state_;
};

inline MasterKey master_key() {
  Credentials credentials;
  credentials.set("access_key", Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
  return must(MasterKey::from(credentials));
}

/// Another opening of a store, as another process has it.
struct Desk {
  Desk(const std::string& url, const Clock& clock, const ServiceRecordLimits& limits = {})
      : records(must(open_service_records(url, {}, limits))), access(must(open_access_store(url))) {
    gate = must(KeyGate::make(*access, clock, {}));
    keys = std::make_unique<KeyService>(*access, *gate, clock, master);
  }
  WebhookSecrets secrets() { return webhook_secrets_of(*access, *keys); }

  MasterKey master = master_key();
  std::unique_ptr<ServiceRecords> records;
  std::unique_ptr<AccessStore> access;
  std::unique_ptr<KeyGate> gate;
  std::unique_ptr<KeyService> keys;
};

/// A store, a key of a caller, and a receiver of webhooks.
class JobsTest : public testing::TestWithParam<test_support::Backend> {
 protected:
  void SetUp() override {
    must(open_store(place_->url(), {.create = true}));
    desk_ = std::make_unique<Desk>(place_->url(), clock_);
    auto made = must(desk_->keys->create({.tenant = "one",
                                          .name = "forum",
                                          .scopes = {Scope::kMatch},
                                          .expires = clock_.now() + std::chrono::days(60)},
                                         {"ann", "a test"}));
    key_ = made.key;
    webhook_secret_ = std::string(made.webhook_secret.reveal());
    caller_ = "k/" + key_.id;
  }

  /// Reaches the stand-in, which is on this machine.
  static std::unique_ptr<Fetcher> fetcher(std::vector<std::string> networks = {"127.0.0.1/32"}) {
    return must(open_webhook_fetcher({std::move(networks), {}, stand_in().ca_file()}));
  }
  /// An address of a receiver of this test's own.
  std::string receiver(const std::string& what = "ok") {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    name_ = std::string(test->name()) + std::to_string(++receivers_);
    std::ranges::replace(name_, '/', '_');
    return stand_in().tls_url("/trap/webhook/" + name_ + "/" + what);
  }
  /// What the last receiver got.
  Json received() const {
    // Without TLS, and so without reading every authority of the system each time.
    const auto plain = must(open_webhook_fetcher({{"127.0.0.1/32"}, {}, {}}));
    const auto got = must(plain->fetch({.url = stand_in().url("/trap/webhooks/" + name_)}, {}));
    return must(parse_json(must(got.body->text(8 << 20)), 8 << 20));
  }
  NewLookup lookup(const std::string& webhook = "") const { return {"one", caller_, key_.id, webhook}; }

  ManualClock clock_;
  std::unique_ptr<test_support::StorePlace> place_ = GetParam().make();
  std::unique_ptr<Desk> desk_;
  AccessKey key_;
  std::string webhook_secret_;
  std::string caller_;
  std::string name_;
  int receivers_ = 0;
};

}  // namespace seawall::test
