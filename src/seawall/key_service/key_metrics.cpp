#include "seawall/key_service/key_server.h"
#include "seawall/metrics/metrics_text.h"

namespace seawall {

Result<std::string> key_metrics(KeyVault& vault) {
  const VaultCounts counts = vault.counts();
  SEAWALL_TRY(const VaultStatus status, vault.status());
  MetricsText out;
  out.family("seawall_keys_made_total", "counter", "Keys that were made for records.");
  out.sample({}, counts.made);
  out.family("seawall_keys_given_total", "counter", "Keys that left, for people's signed statements.");
  out.sample({}, counts.given);
  out.family("seawall_keys_refused_total", "counter", "Demands that were refused, by why.");
  for (std::size_t i = 0; i < counts.refused.size(); ++i)
    out.sample({{"why", name_of(static_cast<KeyRefusal>(i))}}, counts.refused.at(i));
  out.family("seawall_keys_alarms_total", "counter", "What people have to look at, by kind: look at once.");
  for (std::size_t i = 0; i < counts.alarms.size(); ++i)
    out.sample({{"kind", name_of(static_cast<VaultAlarm::Kind>(i))}}, counts.alarms.at(i));
  out.family("seawall_keys_unsettled", "gauge", "Entries that the log was not shown to hold.");
  out.sample({}, status.unsettled);
  out.family("seawall_keys_unsettled_age_seconds", "gauge", "Of the oldest of them.");
  out.sample({}, status.unsettled_age_s);
  out.family("seawall_keys_given_in_hour", "gauge", "Keys that left in the last hour.");
  out.sample({}, status.given_hour);
  out.family("seawall_keys_frozen_people", "gauge", "People whose access is frozen.");
  out.sample({}, static_cast<std::uint64_t>(status.frozen.size()));
  out.family("seawall_keys_bytes_pending", "gauge",
             "Of the vault's journal, in which erased keys may still be read; 0: none is left.");
  out.sample({}, status.bytes_pending);
  SEAWALL_TRY(const VaultPages pages, vault.pages());
  out.family("seawall_keys_pages_total", "counter", "Pages by what became of them; failed: attempts.");
  out.sample({{"end", "sent"}}, counts.pages_sent);
  out.sample({{"end", "failed"}}, counts.pages_failed);
  out.sample({{"end", "lost"}}, counts.pages_lost);
  out.family("seawall_keys_pages_waiting", "gauge", "Pages that nobody has taken yet.");
  out.sample({}, pages.waiting);
  out.family("seawall_keys_pages_oldest_seconds", "gauge", "Since when the oldest of them waits.");
  out.sample({}, pages.oldest_s);
  out.family("seawall_keys_cases", "gauge", "Cases whose key is here.");
  out.sample({}, status.cases);
  return out.take();
}

}  // namespace seawall
