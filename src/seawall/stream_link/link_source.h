#pragma once

#include <functional>
#include <memory>

#include "seawall/base/clock.h"
#include "seawall/base/random_source.h"
#include "seawall/net/reach.h"
#include "seawall/stream_link/link_limits.h"
#include "seawall/stream_link/link_stream.h"
#include "seawall/stream_link/wires.h"
#include "seawall/stream_poll/stream_source.h"
#include "seawall/tls/tls_client.h"

namespace seawall {

/// A stream's protocol for its settings. Errors: kInvalidInput, kUnsupported, without the address.
using MakeLinkStream = std::function<Result<std::unique_ptr<LinkStream>>(const StreamSettings&)>;

/// Plays many streams of one protocol from one thread, each over a connection of its own.
///
/// Nothing is decoded here. Whatever ends a connection, it is made anew, with back-off; the first piece after
/// that is a discontinuity. Names are looked up on threads of their own (NameLookup), and each address that
/// they give is asked of `reach` when it is connected to. Threads: as StreamSource. Lifetime: borrows clock,
/// random and sink; the threads that look up names may end a little later. Memory: a LinkStream each and at
/// most kLinkOutputMax. Events: kStarted, kStalled, kResumed, kRestarted (a connection after the first that
/// played), kGap (kTooLarge), kBlind (pictures, but no key picture to begin with), kFailing, kFailed; never
/// kEnded: such streams do not say so.
class LinkSource final : public StreamSource {
 public:
  /// `trust`: for streams whose place says TLS; null: those fail.
  LinkSource(const Clock& clock, RandomSource& random, PollSink& sink, Reach reach,
             std::unique_ptr<Wires> wires, MakeLinkStream make, const LinkLimits& limits = {},
             std::shared_ptr<const TlsTrust> trust = nullptr);
  ~LinkSource() override;

  Result<StreamId> add(StreamSettings settings) override;
  bool remove(StreamId stream) override;
  void step(std::chrono::milliseconds at_most) override;
  void wake() override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace seawall
