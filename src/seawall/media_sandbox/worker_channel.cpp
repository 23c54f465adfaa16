#include "seawall/media_sandbox/detail/worker_channel.h"

#include <cerrno>
#include <cstring>

namespace seawall::media_sandbox {

std::span<const std::byte> Channel::receive(int flags) {
  ssize_t got = 0;
  do got = ::recv(kChannelFd, packet_.data(), packet_.size(), flags);
  while (got < 0 && errno == EINTR);
  if (got < 0 && (flags & MSG_DONTWAIT) != 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {};
  if (got <= 0) throw PoolGone{};
  return std::span<const std::byte>(packet_).first(static_cast<std::size_t>(got));
}

std::span<const std::byte> Channel::receive(UniqueFd& file) {
  iovec packet{packet_.data(), packet_.size()};
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &packet;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t got = 0;
  do got = ::recvmsg(kChannelFd, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got <= 0) throw PoolGone{};
  const cmsghdr* head = CMSG_FIRSTHDR(&message);
  if (head != nullptr && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
      head->cmsg_len == CMSG_LEN(sizeof(int))) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
    file = UniqueFd(fd);
  }
  return std::span<const std::byte>(packet_).first(static_cast<std::size_t>(got));
}

}  // namespace seawall::media_sandbox
