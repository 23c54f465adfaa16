#include "seawall/net_curl/detail/blocking_run.h"

namespace seawall {
namespace {

constexpr int kPollMs = 1000;

/// A multi handle that has one transfer in it.
class Driven {
 public:
  Driven(MultiPool& handles, CURL* easy) : handles_(handles), easy_(easy), multi_(handles.take()) {}
  Driven(const Driven&) = delete;
  Driven& operator=(const Driven&) = delete;
  ~Driven() {
    if (multi_ == nullptr) return;
    ::curl_multi_remove_handle(multi_, easy_);
    if (in_order_) {
      handles_.give_back(multi_);
    } else {
      ::curl_multi_cleanup(multi_);
    }
  }

  Result<CURLcode> drive(std::stop_token stop) {
    if (multi_ == nullptr) return fail(Code::kUnavailable, "libcurl gave no handle");
    if (::curl_multi_add_handle(multi_, easy_) != CURLM_OK) {
      return fail(Code::kUnavailable, "libcurl does not start the request");
    }
    const std::stop_callback wake(stop, [this] { ::curl_multi_wakeup(multi_); });
    for (int running = 1; running > 0;) {
      if (stop.stop_requested()) return fail(Code::kUnavailable, "stopped");
      const bool good = ::curl_multi_perform(multi_, &running) == CURLM_OK &&
                        (running == 0 || ::curl_multi_poll(multi_, nullptr, 0, kPollMs, nullptr) == CURLM_OK);
      if (!good) return fail(Code::kUnavailable, "libcurl failed while it waited");
    }
    int left = 0;
    const CURLMsg* message = ::curl_multi_info_read(multi_, &left);
    if (message == nullptr || message->msg != CURLMSG_DONE)
      return fail(Code::kUnavailable, "libcurl lost the request");
    in_order_ = message->data.result != CURLE_OPERATION_TIMEDOUT;  // Then a name may be looked up still.
    return message->data.result;
  }

 private:
  MultiPool& handles_;
  CURL* easy_;
  CURLM* multi_;
  bool in_order_ = false;  // It ended by itself: its handle may be used again.
};

}  // namespace

Result<FetchResponse> run_to_end(Transfer& transfer, MultiPool& handles,
                                 std::chrono::steady_clock::time_point end, std::stop_token stop) {
  SEAWALL_CHECK(transfer.prepare(end, Transfer::Keeping::kNothing));
  Driven driven(handles, transfer.handle());
  SEAWALL_TRY(const CURLcode code, driven.drive(std::move(stop)));
  return transfer.finish(code);
}

}  // namespace seawall
