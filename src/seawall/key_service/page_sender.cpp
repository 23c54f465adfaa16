#include "seawall/key_service/page_sender.h"

#include "seawall/jobs/webhook_signature.h"
#include "seawall/json/json.h"
#include "seawall/model/time_text.h"
#include "seawall/net/url.h"

namespace seawall {
namespace {

constexpr std::chrono::milliseconds kLookEvery{200};
constexpr unsigned kHttpsPort = 443;
constexpr unsigned kFreePortMin = 1024;

Result<void> check_address(const std::string& text) {
  const auto url = http_url_from_text(text);
  if (url && url->https && (url->port == kHttpsPort || url->port >= kFreePortMin)) return {};
  return fail(Code::kInvalidInput, "pages go to https://host/path, at port 443 or from 1024");
}

}  // namespace

std::string page_body(const VaultPage& page) {
  Json alarm = {{"at", to_text(page.at)}, {"kind", page.kind}};
  if (!page.detail.empty()) alarm["detail"] = page.detail;
  return to_line({{"alarm", std::move(alarm)}, {"type", "keys.alarm"}});
}

Result<std::unique_ptr<PageSender>> PageSender::open(Options options, KeyVault& vault, Fetcher& fetcher,
                                                     const Clock& clock) {
  SEAWALL_CHECK(check_address(options.url));
  std::unique_ptr<PageSender> sender(new PageSender(std::move(options), vault, fetcher, clock));
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  SEAWALL_TRY([[maybe_unused]] const std::string tried,
              webhook_signature({.id = "try", .sent = now, .body = "{}"}, sender->secrets_));
  sender->thread_ = std::jthread([raw = sender.get()](const std::stop_token& stop) { raw->run(stop); });
  return sender;
}

PageSender::PageSender(Options options, KeyVault& vault, Fetcher& fetcher, const Clock& clock)
    : options_(std::move(options)), vault_(vault), fetcher_(fetcher), clock_(clock) {
  secrets_.emplace_back(options_.secret.reveal());
}

PageSender::~PageSender() {
  thread_.request_stop();
  stopped_.notify_all();
}

bool PageSender::deliver(const VaultPage& page, const std::stop_token& stop) const {
  const auto sent = std::chrono::floor<std::chrono::seconds>(clock_.now());
  FetchRequest request;
  request.method = FetchMethod::kPost;
  request.url = options_.url;
  request.body = page_body(page);
  const std::string id = "msg_" + page.id;
  auto signature = webhook_signature({id, sent, request.body}, secrets_);
  if (!signature) return false;
  request.headers = {{"Content-Type", "application/json"},
                     {"webhook-id", id},
                     {"webhook-timestamp", std::to_string(sent.time_since_epoch().count())},
                     {"webhook-signature", *std::move(signature)}};
  request.deadline = request.connect_deadline = options_.deadline;
  request.accept_gzip = false;
  request.body_wanted = false;
  const auto response = fetcher_.fetch(request, stop);
  return response && response->status / 100 == 2;
}

/// False: nothing was due, or the vault did not answer.
bool PageSender::send_due(const std::stop_token& stop) {
  const auto page = vault_.due_page();
  if (!page || !*page) return false;
  const bool told = deliver(**page, stop);
  if (!told && stop.stop_requested()) return false;
  std::optional<std::chrono::milliseconds> again;
  if (!told) again = options_.back_off.delay((*page)->tries + 1, random_);
  return vault_.settle_page((*page)->number, again).has_value();
}

void PageSender::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (send_due(stop)) continue;
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, stop, kLookEvery, [] { return false; });
  }
}

}  // namespace seawall
