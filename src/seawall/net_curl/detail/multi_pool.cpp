#include "seawall/net_curl/detail/multi_pool.h"

namespace seawall {

MultiPool::~MultiPool() {
  for (CURLM* multi : idle_) ::curl_multi_cleanup(multi);
}

CURLM* MultiPool::take() {
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      CURLM* const multi = idle_.back();
      idle_.pop_back();
      return multi;
    }
  }
  return ::curl_multi_init();
}

void MultiPool::give_back(CURLM* multi) {
  {
    const std::scoped_lock lock(mutex_);
    if (idle_.size() < kIdleMax) {
      idle_.push_back(multi);
      return;
    }
  }
  ::curl_multi_cleanup(multi);
}

}  // namespace seawall
